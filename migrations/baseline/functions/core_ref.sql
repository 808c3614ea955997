CREATE OR REPLACE FUNCTION core_ref(prefix text, number bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((prefix || '-'::text) || lpad((number)::text, GREATEST(6, length((number)::text)), '0'::text));

GRANT ALL ON FUNCTION core_ref(text, bigint) TO {role:membership}, {role:centres}, {role:actions}, {role:access}, {role:relay};
