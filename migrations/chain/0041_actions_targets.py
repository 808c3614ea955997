"""Targets, whose indicators stay as they are while somebody enters one: the policy `action_indicator_lock` permits the
lock and no change."""

from migrations.rules import country_scoped, record_columns, reference_numbers, run, setting

revision = "0041_actions_targets"
down_revision = "0040_actions_periods"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_target ({record_columns("current")}
    indicator_id uuid NOT NULL REFERENCES action_indicator (id),
    action_id uuid REFERENCES action_action (id),
    centre_id uuid,
    period_id uuid NOT NULL REFERENCES action_period (id),
    value numeric,
    code text,
    breakdown jsonb NOT NULL,
    comment text,
    CONSTRAINT action_target_subject_key UNIQUE NULLS NOT DISTINCT
        (indicator_id, period_id, country, action_id, centre_id),
    CHECK ((value IS NULL) <> (code IS NULL))
)
--;
CREATE INDEX action_target_country_idx ON action_target (country, status, id)
--;
CREATE INDEX action_target_period_idx ON action_target (period_id, id)
--;
CREATE INDEX action_target_action_idx ON action_target (action_id, id) WHERE action_id IS NOT NULL
--;
CREATE INDEX action_target_centre_idx ON action_target (centre_id, id) WHERE centre_id IS NOT NULL
--;
CREATE POLICY action_indicator_lock ON action_indicator FOR UPDATE
    USING (visibility = ANY({setting("visibilities")})) WITH CHECK (false)
""")
    reference_numbers("action_target", "TGT", "actions")
    country_scoped("action_target", "actions")


def downgrade() -> None:
    run("""
DROP POLICY action_indicator_lock ON action_indicator
--;
DROP TABLE action_target
--;
DROP SEQUENCE action_target_ref_seq
""")
