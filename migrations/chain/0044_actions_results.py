"""Results. A grant over a centre covers those about it."""

from migrations.rules import country_scoped, record_columns, reference_numbers, run, setting

revision = "0044_actions_results"
down_revision = "0043_actions_scans"

_READABLE = f"centre_id::text = ANY({setting('records')})"
_WRITABLE = f"centre_id::text = ANY({setting('write_records')})"
_OPEN = "('draft', 'submitted', 'approved', 'accepted')"
_STATES = "draft|submitted|approved|accepted|published|superseded|retracted|discarded"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_result ({record_columns(_STATES)}
    indicator_id uuid NOT NULL REFERENCES action_indicator (id),
    action_id uuid REFERENCES action_action (id),
    centre_id uuid,
    kind text NOT NULL CHECK (kind IN ('actual', 'baseline')),
    period_id uuid REFERENCES action_period (id),
    year integer,
    method text NOT NULL,
    value numeric,
    numerator numeric,
    denominator numeric CHECK (denominator <> 0),
    code text,
    text jsonb,
    missing text,
    breakdown jsonb NOT NULL,
    source text,
    method_note text,
    comment text,
    evidence jsonb NOT NULL,
    revision integer NOT NULL,
    revision_of uuid REFERENCES action_result (id),
    superseded_by uuid,
    late boolean,
    acknowledged text[] NOT NULL,
    submitted_at timestamptz,
    published_at timestamptz,
    ended_at timestamptz,
    claimants uuid[] NOT NULL,
    CHECK ((kind = 'actual') = (period_id IS NOT NULL) AND (kind = 'baseline') = (year IS NOT NULL)),
    CHECK (num_nonnulls(value, numerator, code, text, missing) <= 1),
    CHECK ((numerator IS NULL) = (denominator IS NULL))
)
--;
CREATE UNIQUE INDEX action_result_living_key
    ON action_result (indicator_id, period_id, year, country, action_id, centre_id, kind) NULLS NOT DISTINCT
    WHERE status = 'published' OR revision_of IS NULL AND status IN {_OPEN}
--;
CREATE UNIQUE INDEX action_result_revision_key ON action_result (revision_of) WHERE status IN {_OPEN}
--;
CREATE INDEX action_result_country_idx ON action_result (country, status, id)
--;
CREATE INDEX action_result_subject_idx ON action_result (indicator_id, country, id)
--;
CREATE INDEX action_result_kind_idx ON action_result (kind, id)
--;
CREATE INDEX action_result_late_idx ON action_result (late, id) WHERE late IS NOT NULL
--;
CREATE INDEX action_result_period_idx ON action_result (period_id, id) WHERE period_id IS NOT NULL
--;
CREATE INDEX action_result_action_idx ON action_result (action_id, id) WHERE action_id IS NOT NULL
--;
CREATE INDEX action_result_centre_idx ON action_result (centre_id, id) WHERE centre_id IS NOT NULL
""")
    reference_numbers("action_result", "RES", "actions")
    country_scoped("action_result", "actions")
    run(f"""
CREATE POLICY action_result_centre_read ON action_result FOR SELECT USING ({_READABLE})
--;
CREATE POLICY action_result_centre_insert ON action_result FOR INSERT WITH CHECK ({_WRITABLE})
--;
CREATE POLICY action_result_centre_update ON action_result FOR UPDATE USING ({_WRITABLE}) WITH CHECK ({_WRITABLE})
""")


def downgrade() -> None:
    run("""
DROP TABLE action_result
--;
DROP SEQUENCE action_result_ref_seq
""")
