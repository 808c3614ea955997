"""What access keeps about people, for an export of everything about one: under their accounts, and the accounts under
the experts that they belong to. Only a context that reads everything sees it."""

from migrations.rules import RECORD, grant, index_beside_writers, instant, run, setting, told

revision = "access_0010"
down_revision = "actions_0008"

_READS_EVERYTHING = f"'restricted' = ANY({setting('visibilities')})"
_ACCOUNT = told(f"{RECORD} email name expert_id email_verified language")
_SESSION = told(f"{RECORD} account_id label ends_at")
_GRANT = told(
    f"{RECORD} principal_kind principal_id role scope_kind scope_id starts ends reason second_person delegated_from"
)
_KEY = told(f"{RECORD} name hint owner_kind owner_id resources verbs countries expires_at")


def upgrade() -> None:
    run(f"""
CREATE VIEW access_published_personal AS
    SELECT id AS person, expert_id AS expert, 'accounts' AS part, id, {_ACCOUNT} AS record
    FROM access_account WHERE {_READS_EVERYTHING}
    UNION ALL
    SELECT account_id, NULL, 'sessions', id, {_SESSION}
    FROM access_session WHERE {_READS_EVERYTHING}
    UNION ALL
    SELECT principal_id, NULL, 'grants', id, {_GRANT}
    FROM access_grant WHERE principal_kind = 'account' AND {_READS_EVERYTHING}
    UNION ALL
    SELECT owner_id, NULL, 'api_keys', k.id,
        {_KEY} || jsonb_build_object('used_at',
            (SELECT {instant("used_at")} FROM access_last_use u WHERE u.kind = 'key' AND u.id = k.id))
    FROM access_api_key k WHERE owner_kind = 'account' AND {_READS_EVERYTHING}
""")
    grant("access_published_personal", "SELECT", "membership")
    index_beside_writers("access_account_expert_idx", "access_account (expert_id) WHERE expert_id IS NOT NULL")


def downgrade() -> None:
    run("DROP INDEX access_account_expert_idx")
    run("DROP VIEW access_published_personal")
