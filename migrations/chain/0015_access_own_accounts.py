"""People close their own accounts: an address is unique among those that are not closed. Registered accounts that hold
nothing are deleted. Which expert a person is stands in the register alone."""

from migrations.rules import RECORD, grant, instant, json_of, role, run, setting

revision = "0015_access_own_accounts"
down_revision = "0014_core_names"


def upgrade() -> None:
    run("""
ALTER TABLE access_account DROP CONSTRAINT access_account_status_check,
    ADD CONSTRAINT access_account_status_check CHECK (status IN ('active', 'suspended', 'closed')),
    DROP CONSTRAINT access_account_email_key_key
--;
CREATE UNIQUE INDEX access_account_email_key_key ON access_account (email_key) WHERE status <> 'closed'
--;
CREATE INDEX access_account_registered_idx ON access_account (created_at)
    WHERE created_by = 'account:' || id::text
--;
CREATE INDEX access_grant_second_person_idx ON access_grant (second_person) WHERE second_person IS NOT NULL
--;
DROP VIEW access_published_personal
--;
ALTER TABLE access_account DROP COLUMN expert_id
--;
CREATE VIEW access_published_account AS
    SELECT id, email, email_key, email_verified AS is_verified, language FROM access_account WHERE status = 'active'
""")
    grant("access_account", "DELETE", "access")
    grant("access_published_account", "SELECT", "membership")
    _personal("email name email_verified language")


def downgrade() -> None:
    run(f"""
DROP VIEW access_published_account, access_published_personal
--;
ALTER TABLE access_account ADD COLUMN expert_id uuid
--;
CREATE INDEX access_account_expert_idx ON access_account (expert_id) WHERE expert_id IS NOT NULL
--;
REVOKE DELETE ON access_account FROM {role("access")}
--;
DROP INDEX access_grant_second_person_idx, access_account_registered_idx, access_account_email_key_key
--;
ALTER TABLE access_account DROP CONSTRAINT access_account_status_check,
    ADD CONSTRAINT access_account_status_check CHECK (status IN ('active', 'suspended')),
    ADD CONSTRAINT access_account_email_key_key UNIQUE (email_key)
""")
    _personal("email name expert_id email_verified language", expert=True)


def _personal(columns: str, *, expert: bool = False) -> None:
    reads_everything = f"'restricted' = ANY({setting('visibilities')})"
    account = json_of(f"{RECORD} {columns}")
    session = json_of(f"{RECORD} account_id label ends_at")
    granted = json_of(
        f"{RECORD} principal_kind principal_id role scope_kind scope_id starts ends reason second_person delegated_from"
        " caused_by"
    )
    key = json_of(f"{RECORD} name hint owner_kind owner_id resources verbs countries expires_at")
    none = "NULL, " if expert else ""
    run(f"""
CREATE VIEW access_published_personal AS
    SELECT id AS person,{" expert_id AS expert," if expert else ""} 'accounts' AS part, id, {account} AS record
    FROM access_account WHERE {reads_everything}
    UNION ALL
    SELECT account_id, {none}'sessions', id, {session}
    FROM access_session WHERE {reads_everything}
    UNION ALL
    SELECT principal_id, {none}'grants', id, {granted}
    FROM access_grant WHERE principal_kind = 'account' AND {reads_everything}
    UNION ALL
    SELECT owner_id, {none}'api_keys', k.id,
        {key} || jsonb_build_object('used_at',
            (SELECT {instant("used_at")} FROM access_last_use u WHERE u.kind = 'key' AND u.id = k.id))
    FROM access_api_key k WHERE owner_kind = 'account' AND {reads_everything}
""")
    grant("access_published_personal", "SELECT", "membership")
