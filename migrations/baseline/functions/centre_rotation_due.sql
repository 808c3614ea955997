CREATE OR REPLACE FUNCTION centre_rotation_due(starts text, years integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((EXTRACT(year FROM centre_first_day(starts)) + (years)::numeric) <= (9999)::numeric) THEN ((centre_first_day(starts) + make_interval(years => years)))::date ELSE NULL::date END;

REVOKE ALL ON FUNCTION centre_rotation_due(starts text, years integer) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_rotation_due(text, integer) TO {role:centres};
