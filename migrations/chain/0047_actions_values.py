"""The values of published results and of their parts, each with the time in which it counts, for sums of many."""

from migrations.rules import grant, run, setting

revision = "0047_actions_values"
down_revision = "0046_actions_documents"

_VISIBLE = " OR ".join(
    f"visibility = (SELECT (string_to_array(current_setting('escm.visibilities', true), ','))[{n}])" for n in (1, 2, 3)
)
"""One comparison for most rows, where a comparison with a list takes apart the list for each row."""
_READABLE = (
    f"{_VISIBLE} OR country = ANY({setting('countries')}) OR id::text = ANY({setting('records')})"
    f" OR centre_id::text = ANY({setting('records')})"
)
_WRITABLE = (
    "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
    f" OR country = ANY({setting('write_countries')}) OR id::text = ANY({setting('write_records')})"
    f" OR centre_id::text = ANY({setting('write_records')})"
)
_FOLLOWED = (
    "indicator_id, action_id, centre_id, kind, period_id, value, numerator, denominator, code, missing, breakdown,"
    " country, visibility, published_at, ended_at"
)


_NOT_NULL = {
    "id": "uuid", "indicator_id": "uuid", "valid_from": "timestamptz", "starts": "date", "ends": "date",
    "period": "text", "country": "text", "visibility": "text", "key": "text", "part": "text",
}  # fmt: skip
_NULLABLE = {
    "valid_to": "timestamptz", "number": "numeric", "numerator": "numeric", "denominator": "numeric", "code": "text",
    "missing": "text", "action_id": "uuid", "centre_id": "uuid",
}  # fmt: skip
_COLUMNS = ", ".join((*_NOT_NULL, *_NULLABLE))
_TYPED = ", ".join(f"{name} {kind}" for name, kind in (_NOT_NULL | _NULLABLE).items())
_DEFINED = "\n    ".join(
    f"{name} {kind}{' NOT NULL' if name in _NOT_NULL else ''}," for name, kind in (_NOT_NULL | _NULLABLE).items()
)


def upgrade() -> None:
    """The table has few columns with nulls in front of others, and its index has them all, since a statistic reads a
    hundred thousand rows. Vacuum runs early, so that the index alone is read."""
    run(f"""
CREATE FUNCTION action_quotient(dividend numeric, divisor numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT trim_scale(0.000000000001 * (whole + CASE
        WHEN 2 * abs(rest) > abs(divisor) OR 2 * abs(rest) = abs(divisor) AND whole % 2 <> 0
        THEN sign(dividend) * sign(divisor) ELSE 0 END))
    FROM (SELECT div(dividend * 1000000000000, divisor) AS whole) truncated,
        LATERAL (SELECT dividend * 1000000000000 - whole * divisor AS rest) remainder
$$
--;
COMMENT ON FUNCTION action_quotient IS 'half-even to 12 places, without trailing zeros, as shared.kernel.decimals'
--;
CREATE TABLE action_value (
    {_DEFINED}
    PRIMARY KEY (id, key, part)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02)
--;
COMMENT ON TABLE action_value IS
    'published results (key and part empty) and their parts by one dimension; id is the result''s'
--;
CREATE FUNCTION action_values_of(result action_result) RETURNS TABLE ({_TYPED})
LANGUAGE plpgsql STABLE SET search_path = escm, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF result.published_at IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT result.id, result.indicator_id, result.published_at, p.starts, p.ends, p.code, result.country,
        result.visibility, part.key, part.part, result.ended_at,
        coalesce(part.value, action_quotient(
            CASE i.measure WHEN 'percentage' THEN 100 ELSE 1 END * part.numerator, part.denominator)),
        part.numerator, part.denominator, part.code, part.missing, result.action_id, result.centre_id
    FROM action_period p, action_indicator i, (
        SELECT '' AS key, '' AS part, result.value, result.numerator, result.denominator, result.code, result.missing
        UNION ALL
        SELECT dimension.key, dimension.value, (cell ->> 'value')::numeric, (cell ->> 'numerator')::numeric,
            (cell ->> 'denominator')::numeric, NULL, NULL
        FROM jsonb_array_elements(result.breakdown) cell, jsonb_each_text(cell -> 'dimensions') dimension
        WHERE (SELECT count(*) FROM jsonb_object_keys(cell -> 'dimensions')) = 1
    ) part
    WHERE p.id = result.period_id AND i.id = result.indicator_id;
END
$$
--;
CREATE FUNCTION action_values_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM action_value WHERE id = OLD.id AND OLD.published_at IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO action_value ({_COLUMNS}) SELECT * FROM action_values_of(NEW);
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$
--;
CREATE TRIGGER action_result_values_follow AFTER INSERT OR DELETE OR UPDATE OF {_FOLLOWED} ON action_result
    FOR EACH ROW EXECUTE FUNCTION action_values_follow()
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
INSERT INTO action_value ({_COLUMNS}) SELECT value.* FROM action_result result CROSS JOIN LATERAL action_values_of(result) value
--;
CREATE INDEX action_value_indicator_idx ON action_value (indicator_id, key, period, ends, country) INCLUDE (
    visibility, part, id, number, numerator, denominator, code, missing, action_id, centre_id, starts, valid_from,
    valid_to)
--;
ALTER TABLE action_value ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_value FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_value_read ON action_value FOR SELECT USING ({_READABLE})
--;
CREATE POLICY action_value_insert ON action_value FOR INSERT WITH CHECK ({_WRITABLE})
--;
CREATE POLICY action_value_update ON action_value FOR UPDATE USING ({_WRITABLE}) WITH CHECK ({_WRITABLE})
--;
CREATE POLICY action_value_delete ON action_value FOR DELETE USING ({_WRITABLE})
""")
    grant("action_value", "SELECT, INSERT, UPDATE, DELETE", "actions")


def downgrade() -> None:
    run("""
DROP TRIGGER action_result_values_follow ON action_result
--;
DROP FUNCTION action_values_follow()
--;
DROP FUNCTION action_values_of(action_result)
--;
DROP TABLE action_value
--;
DROP FUNCTION action_quotient(numeric, numeric)
""")
