"""Notifications of accounts and their preferences; reminders of experts; the views that say who is behind a record.

Only its account reads a notification, and work that writes everywhere. A reminder is read by the schedule alone.
"""

from migrations.rules import RECORD, grant, instant, json_of, role, run, setting

revision = "0020_access_notifications"
down_revision = "0019_core_messages"

_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_PUBLISHED = "id, ref, version, status, country, visibility"
_VIEWS = (
    "centre_published_review",
    "centre_published_agreement",
    "member_published_declaration",
    "member_published_consent",
)


def upgrade() -> None:
    run("""
ALTER TABLE access_account ADD COLUMN notifications jsonb NOT NULL DEFAULT '{}'
--;
CREATE INDEX access_grant_office_idx ON access_grant (scope_id, role)
    WHERE scope_kind IN ('country', 'centre') AND status = 'active'
--;
CREATE TABLE access_notification (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES access_account (id),
    kind text NOT NULL,
    event text NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    ref text NOT NULL,
    link text NOT NULL,
    day date NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz,
    mail text NOT NULL CHECK (mail IN ('mail', 'digest', 'none')),
    mailed_at timestamptz,
    UNIQUE (account_id, record_id, event, day)
)
--;
CREATE INDEX access_notification_account_idx ON access_notification (account_id, id)
--;
CREATE INDEX access_notification_unread_idx ON access_notification (account_id, id) WHERE read_at IS NULL
--;
CREATE INDEX access_notification_waiting_idx ON access_notification (mail, account_id, id)
    WHERE mail <> 'none' AND mailed_at IS NULL
--;
CREATE INDEX access_notification_at_idx ON access_notification (at)
""")
    _protect("access_notification", f"account_id::text = ANY({setting('records')}) OR {_WRITES}")
    grant("access_notification", "SELECT, INSERT, UPDATE, DELETE", "access")
    run(f"""
CREATE POLICY access_notification_published ON access_notification FOR SELECT TO {role("owner")} USING (true)
--;
CREATE TABLE member_reminder (
    expert_id uuid NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (expert_id, kind, day)
)
--;
CREATE INDEX member_reminder_day_idx ON member_reminder (day)
""")
    _protect("member_reminder", _WRITES)
    grant("member_reminder", "SELECT, INSERT, DELETE", "membership")
    run(f"""
CREATE VIEW centre_published_review AS SELECT {_PUBLISHED}, reviewer_id FROM centre_review
--;
CREATE VIEW centre_published_agreement AS SELECT {_PUBLISHED}, centre_id FROM centre_agreement
--;
CREATE VIEW member_published_declaration AS SELECT {_PUBLISHED}, expert_id FROM member_declaration
--;
CREATE VIEW member_published_consent AS SELECT {_PUBLISHED}, expert_id FROM member_consent
""")
    for view in _VIEWS:
        grant(view, "SELECT", "access")
    _personal("email name email_verified language notifications", notifications=True)


def downgrade() -> None:
    _personal("email name email_verified language", notifications=False)
    run(f"""
DROP VIEW {", ".join(_VIEWS)}
--;
DROP TABLE member_reminder, access_notification
--;
DROP INDEX access_grant_office_idx
--;
ALTER TABLE access_account DROP COLUMN notifications
""")


def _protect(table: str, reads: str) -> None:
    run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({reads})
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({_WRITES})
""")


def _personal(columns: str, *, notifications: bool) -> None:
    reads_everything = f"'restricted' = ANY({setting('visibilities')})"
    account = json_of(f"{RECORD} {columns}")
    session = json_of(f"{RECORD} account_id label ends_at")
    granted = json_of(
        f"{RECORD} principal_kind principal_id role scope_kind scope_id starts ends reason second_person delegated_from"
        " caused_by"
    )
    key = json_of(f"{RECORD} name hint owner_kind owner_id resources verbs countries expires_at")
    notification = json_of("id account_id kind event resource record_id ref link day read_at mail mailed_at")
    more = (
        f"UNION ALL SELECT account_id, 'notifications', id, {notification} || jsonb_build_object('at', {instant('at')})"
        f" FROM access_notification WHERE {reads_everything}"
    )
    run(f"""
CREATE OR REPLACE VIEW access_published_personal AS
    SELECT id AS person, 'accounts' AS part, id, {account} AS record
    FROM access_account WHERE {reads_everything}
    UNION ALL
    SELECT account_id, 'sessions', id, {session}
    FROM access_session WHERE {reads_everything}
    UNION ALL
    SELECT principal_id, 'grants', id, {granted}
    FROM access_grant WHERE principal_kind = 'account' AND {reads_everything}
    UNION ALL
    SELECT owner_id, 'api_keys', k.id,
        {key} || jsonb_build_object('used_at',
            (SELECT {instant("used_at")} FROM access_last_use u WHERE u.kind = 'key' AND u.id = k.id))
    FROM access_api_key k WHERE owner_kind = 'account' AND {reads_everything}
    {more if notifications else ""}
""")
