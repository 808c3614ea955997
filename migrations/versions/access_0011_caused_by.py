"""Whose act a grant follows from, where the system granted it because of a record."""

from migrations.rules import RECORD, instant, run, setting, told

revision = "access_0011"
down_revision = "core_0023"

_READS_EVERYTHING = f"'restricted' = ANY({setting('visibilities')})"
_ACCOUNT = told(f"{RECORD} email name expert_id email_verified language")
_SESSION = told(f"{RECORD} account_id label ends_at")
_GRANT = (
    f"{RECORD} principal_kind principal_id role scope_kind scope_id starts ends reason second_person delegated_from"
)
_KEY = told(f"{RECORD} name hint owner_kind owner_id resources verbs countries expires_at")


def _view(grant_columns: str) -> str:
    return f"""
CREATE OR REPLACE VIEW access_published_personal AS
    SELECT id AS person, expert_id AS expert, 'accounts' AS part, id, {_ACCOUNT} AS record
    FROM access_account WHERE {_READS_EVERYTHING}
    UNION ALL
    SELECT account_id, NULL, 'sessions', id, {_SESSION}
    FROM access_session WHERE {_READS_EVERYTHING}
    UNION ALL
    SELECT principal_id, NULL, 'grants', id, {told(grant_columns)}
    FROM access_grant WHERE principal_kind = 'account' AND {_READS_EVERYTHING}
    UNION ALL
    SELECT owner_id, NULL, 'api_keys', k.id,
        {_KEY} || jsonb_build_object('used_at',
            (SELECT {instant("used_at")} FROM access_last_use u WHERE u.kind = 'key' AND u.id = k.id))
    FROM access_api_key k WHERE owner_kind = 'account' AND {_READS_EVERYTHING}
"""


def upgrade() -> None:
    run("ALTER TABLE access_grant ADD COLUMN caused_by text")
    run(_view(f"{_GRANT} caused_by"))


def downgrade() -> None:
    run(_view(_GRANT))
    run("ALTER TABLE access_grant DROP COLUMN caused_by")
