"""Tokens that are mailed, by their digests. Who shows a token needs no right over the record that it is about, so that no
country and no visibility stands between. Which record an account owns, and which one it could take over, is asked by
people who may not read it: functions read around row-level security, and return an id only."""

from migrations.rules import grant, role, run, searching

revision = "0016_core_mail_tokens"
down_revision = "0015_access_own_accounts"

_LIVING = """status IN ('prospect', 'invited', 'applied', 'info_requested', 'under_review', 'rejected', 'active', 'grace',
            'lapsed', 'suspended') AND merged_into IS NULL AND erased_at IS NULL"""


def upgrade() -> None:
    run(f"""
CREATE TABLE core_mail_token (
    digest bytea PRIMARY KEY,
    service text NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    address_digest bytea NOT NULL,
    until timestamptz NOT NULL,
    used_by uuid
)
--;
CREATE INDEX core_mail_token_subject_idx ON core_mail_token (subject_id)
--;
CREATE INDEX core_mail_token_until_idx ON core_mail_token (service, until)
--;
CREATE FUNCTION member_expert_of_account(account uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT id FROM member_expert WHERE account_id = account AND {_LIVING} ORDER BY id LIMIT 1
$$
--;
CREATE FUNCTION member_expert_to_take_over(address text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT id FROM member_expert WHERE email_keys @> ARRAY[address] AND account_id IS NULL AND {_LIVING}
    ORDER BY id LIMIT 1
$$
""")
    run(f"GRANT SELECT (account_id) ON member_expert TO {role('search')}")
    searching("member_expert_of_account(uuid)", "membership")
    searching("member_expert_to_take_over(text)", "membership")
    grant("core_mail_token", "SELECT, INSERT, UPDATE, DELETE", "membership")


def downgrade() -> None:
    run(f"""
REVOKE SELECT (account_id) ON member_expert FROM {role("search")}
--;
DROP FUNCTION member_expert_of_account(uuid), member_expert_to_take_over(text)
--;
DROP TABLE core_mail_token
""")
