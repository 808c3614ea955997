"""Retention rules, with those that are in force from the beginning; when experts entered their states; and whether they
are available for support."""

import csv
from pathlib import Path

from alembic import op
from sqlalchemy import text

from migrations.rules import country_scoped, index_beside_writers, reference_numbers, run

revision = "0026_membership_retention"
down_revision = "0025_access_messages"

_RULES = Path(__file__).with_name("0026_retention_rules.csv")
_STATES = "status IN ('prospect', 'invited', 'rejected', 'lapsed', 'resigned', 'terminated', 'deceased')"
_SINCE = "(CASE WHEN status_since IS NULL THEN created_at ELSE status_since END)"
_INDEXES = (
    (
        "member_expert_retention_idx",
        f"member_expert (status, {_SINCE}) WHERE {_STATES} AND merged_into IS NULL AND erased_at IS NULL",
    ),
    ("member_declaration_retention_idx", "member_declaration (status, updated_at)"),
    ("member_consent_retention_idx", "member_consent (status, updated_at)"),
)


def upgrade() -> None:
    run("""
ALTER TABLE member_expert ADD COLUMN available_for_support boolean NOT NULL DEFAULT true,
    ADD COLUMN status_since timestamptz
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
UPDATE member_expert SET status_since = updated_at
WHERE status IN ('invited', 'rejected', 'lapsed', 'resigned', 'terminated', 'deceased')
--;
CREATE TABLE member_retention_rule (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    resource text NOT NULL,
    state text,
    after text NOT NULL,
    action text NOT NULL CHECK (action IN ('delete', 'erase')),
    basis text NOT NULL
)
--;
CREATE UNIQUE INDEX member_retention_rule_active_idx ON member_retention_rule (resource, state) NULLS NOT DISTINCT
    WHERE status = 'active'
""")
    reference_numbers("member_retention_rule", "RET", "membership")
    country_scoped("member_retention_rule", "membership")
    rule = text("""
INSERT INTO member_retention_rule (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    resource, state, after, action, basis)
VALUES (CAST(:id AS uuid), 1, 'active', 'restricted', now(), 'system', now(), 'system', :resource,
    nullif(:state, ''), :after, :action, :basis)
""")
    with _RULES.open(encoding="utf-8", newline="") as lines:
        for number, columns in enumerate(csv.DictReader(lines), start=1):
            key = f"019b76da-a800-7000-8000-0000000000{number + 0x20:02x}"
            op.execute(rule.bindparams(id=key, **columns))
    for name, definition in _INDEXES:
        index_beside_writers(name, definition)


def downgrade() -> None:
    run("""
DROP INDEX member_expert_retention_idx, member_declaration_retention_idx, member_consent_retention_idx
--;
DROP TABLE member_retention_rule
--;
DROP SEQUENCE member_retention_rule_ref_seq
--;
ALTER TABLE member_expert DROP COLUMN available_for_support, DROP COLUMN status_since
""")
