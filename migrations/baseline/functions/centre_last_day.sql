CREATE OR REPLACE FUNCTION centre_last_day(partial text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((centre_first_day(partial) + CASE length(partial) WHEN 4 THEN '1 year'::interval WHEN 7 THEN '1 mon'::interval ELSE '1 day'::interval END))::date - 1);

REVOKE ALL ON FUNCTION centre_last_day(partial text) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_last_day(text) TO {role:centres};
