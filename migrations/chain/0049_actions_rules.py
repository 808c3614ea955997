"""Validation rules, which have no country if they are of a framework, and the state of each result by them. Whoever
writes results stores the states of those that a change concerns, so that only reading depends on grants over them."""

from migrations.rules import (
    country_scoped,
    grant,
    index_beside_writers,
    record_columns,
    reference_numbers,
    run,
    setting,
)

revision = "0049_actions_rules"
down_revision = "0048_actions_result_counts"

_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"
_READABLE = " OR ".join(
    (
        f"'restricted' = ANY({setting('visibilities')})",
        f"country = ANY({setting('countries')})",
        f"result_id::text = ANY({setting('records')})",
        f"centre_id::text = ANY({setting('records')})",
    )
)
_WRITES = " OR ".join(
    (
        "(SELECT current_setting('escm.write_everywhere', true)) = 'on'",
        *(f"cardinality({setting(name)}) > 0" for name in ("write_countries", "write_records")),
    )
)
_INDEXES = {
    "action_result_compared_idx": "action_result (period_id, country, indicator_id, id) WHERE period_id IS NOT NULL",
    "action_result_updated_idx": "action_result (updated_at, id)",
}


def upgrade() -> None:
    columns = record_columns("draft|active|retired").replace(_COUNTRY, _COUNTRY.replace("NOT NULL ", ""))
    run(f"""
CREATE TABLE action_validation_rule ({columns}
    code text NOT NULL,
    framework text,
    titles jsonb NOT NULL,
    instruction jsonb NOT NULL,
    severity text NOT NULL CHECK (severity IN ('error', 'warning')),
    "left" jsonb NOT NULL,
    operator text NOT NULL,
    "right" jsonb NOT NULL,
    missing text NOT NULL CHECK (missing IN ('skip_if_any', 'skip_if_all', 'never_skip')),
    tolerance numeric CHECK (tolerance >= 0),
    indicator_ids uuid[] NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT action_validation_rule_code_key UNIQUE NULLS NOT DISTINCT (code, country),
    CHECK ((framework IS NULL) <> (country IS NULL))
)
--;
CREATE INDEX action_validation_rule_country_idx ON action_validation_rule (country, status, id)
--;
CREATE INDEX action_validation_rule_framework_idx ON action_validation_rule (framework, id)
""")
    reference_numbers("action_validation_rule", "VRL", "actions")
    country_scoped("action_validation_rule", "actions")
    run(f"""
CREATE TABLE action_result_validation (
    result_id uuid PRIMARY KEY REFERENCES action_result (id) ON DELETE CASCADE,
    country text NOT NULL,
    centre_id uuid,
    state text NOT NULL CHECK (state IN ('error', 'warning', 'clean'))
)
--;
CREATE INDEX action_result_validation_state_idx ON action_result_validation (state, result_id)
--;
ALTER TABLE action_result_validation ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_result_validation FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_result_validation_read ON action_result_validation FOR SELECT USING ({_READABLE})
--;
CREATE POLICY action_result_validation_insert ON action_result_validation FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY action_result_validation_update ON action_result_validation FOR UPDATE
    USING ({_WRITES}) WITH CHECK ({_WRITES})
""")
    grant("action_result_validation", "SELECT, INSERT, UPDATE", "actions")
    for name, definition in _INDEXES.items():
        index_beside_writers(name, definition)


def downgrade() -> None:
    for name in _INDEXES:
        run(f"DROP INDEX {name}")
    run("""
DROP TABLE action_result_validation
--;
DROP TABLE action_validation_rule
--;
DROP SEQUENCE action_validation_rule_ref_seq
""")
