CREATE OR REPLACE FUNCTION centre_first_day(partial text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN make_date((substr(partial, 1, 4))::integer, (COALESCE(NULLIF(substr(partial, 6, 2), ''::text), '1'::text))::integer, (COALESCE(NULLIF(substr(partial, 9, 2), ''::text), '1'::text))::integer);

GRANT ALL ON FUNCTION centre_first_day(text) TO {role:centres};
