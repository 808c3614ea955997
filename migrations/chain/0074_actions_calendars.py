"""Calendars to subscribe to. Only its owner reads a calendar, and work that reads everything."""

from migrations.rules import RECORD, grant, json_of, record_columns, reference_numbers, role, run, setting

revision = "0074_actions_calendars"
down_revision = "0073_actions_tasks"

_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"
_PERSONAL, _OTHER_PERSONAL = "action_published_personal", "action_personal_without_calendars"
_READS = f"visibility = ANY({setting('visibilities')}) OR owner_id::text = ANY({setting('records')})"
_WRITES = (
    "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
    f" OR owner_id::text = ANY({setting('write_records')})"
)


def upgrade() -> None:
    columns = record_columns("active|ended").replace(_COUNTRY, "country text CHECK (country ~ '^[A-Z]{2}$')")
    run(f"""
CREATE TABLE action_calendar ({columns}
    kinds text[] NOT NULL CHECK (cardinality(kinds) > 0),
    programme_id uuid REFERENCES action_programme (id),
    language text NOT NULL,
    owner_kind text NOT NULL CHECK (owner_kind IN ('account', 'client', 'key')),
    owner_id uuid NOT NULL,
    digest bytea NOT NULL UNIQUE,
    CHECK (visibility = 'restricted')
)
--;
CREATE INDEX action_calendar_owner_idx ON action_calendar (owner_id, status, id)
--;
CREATE INDEX action_calendar_programme_idx ON action_calendar (programme_id) WHERE programme_id IS NOT NULL
--;
CREATE INDEX action_meeting_date_idx ON action_meeting (country, date, id)
--;
ALTER TABLE action_calendar ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_calendar FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_calendar_read ON action_calendar FOR SELECT USING ({_READS})
--;
CREATE POLICY action_calendar_insert ON action_calendar FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY action_calendar_update ON action_calendar FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY action_calendar_delete ON action_calendar FOR DELETE USING ({_WRITES})
""")
    grant("action_calendar", "SELECT, INSERT, UPDATE, DELETE", "actions")
    reference_numbers("action_calendar", "ICS", "actions")
    grant("centre_published_annual_report", "SELECT", "actions")
    run(f"""
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS SELECT * FROM {_OTHER_PERSONAL} UNION ALL
    SELECT e.id, 'calendars', c.id, c.record
    FROM (SELECT id, owner_kind, owner_id, {json_of(f"{RECORD} kinds programme_id language")} AS record
        FROM action_calendar) c JOIN member_published_expert e ON e.account_id = c.owner_id
    WHERE c.owner_kind = 'account'
""")
    grant(_PERSONAL, "SELECT", "membership")


def downgrade() -> None:
    run(f"""
DROP VIEW {_PERSONAL}
--;
ALTER VIEW {_OTHER_PERSONAL} RENAME TO {_PERSONAL}
--;
DROP TABLE action_calendar
--;
DROP SEQUENCE action_calendar_ref_seq
--;
DROP INDEX action_meeting_date_idx
""")
    run(f"REVOKE SELECT ON centre_published_annual_report FROM {role('actions')}")
