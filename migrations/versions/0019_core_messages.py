"""Messages on the files of experts and of centres. Internal ones need a context that includes them. Those of experts
follow the country of their expert, whoever moves the expert."""

from migrations.rules import country_scoped, record_columns, reference_numbers, role, run, searching, setting

revision = "0019_core_messages"
down_revision = "0018_membership_consents"

_FOLLOWING = "member_message_follow()"


def upgrade() -> None:
    _messages("member_message", "MSG", "membership", "expert_id uuid NOT NULL")
    _messages("centre_message", "CMS", "centres", "centre_id uuid NOT NULL REFERENCES centre_centre (id)")
    run(f"""
CREATE POLICY member_message_search ON member_message FOR SELECT TO {role("search")} USING (true)
--;
CREATE POLICY member_message_follow ON member_message FOR UPDATE TO {role("search")} USING (true) WITH CHECK (true)
--;
GRANT SELECT (expert_id), UPDATE (country) ON member_message TO {role("search")}
--;
CREATE FUNCTION {_FOLLOWING} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN
    UPDATE member_message SET country = NEW.country WHERE expert_id = NEW.id;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER member_expert_messages_follow AFTER UPDATE OF country ON member_expert FOR EACH ROW
    WHEN (OLD.country IS DISTINCT FROM NEW.country) EXECUTE FUNCTION {_FOLLOWING}
""")
    searching(_FOLLOWING, "membership")


def _messages(table: str, prefix: str, owner: str, file: str) -> None:
    named = file.partition(" ")[0]
    known = f"audience = 'file' OR 'internal' = ANY({setting('visibilities')})"
    run(f"""
CREATE TABLE {table} ({record_columns("sent")}
    {file},
    text text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('file', 'internal')),
    attachments jsonb NOT NULL
)
--;
CREATE INDEX {table}_file_idx ON {table} ({named}, id)
""")
    reference_numbers(table, prefix, owner)
    country_scoped(table, owner, record=named)
    run(
        f"CREATE POLICY {table}_internal ON {table} AS RESTRICTIVE TO {role(owner)} USING ({known}) WITH CHECK ({known})"
    )


def downgrade() -> None:
    run(f"""
DROP TRIGGER member_expert_messages_follow ON member_expert
--;
DROP FUNCTION {_FOLLOWING}
--;
DROP TABLE member_message, centre_message
--;
DROP SEQUENCE member_message_ref_seq, centre_message_ref_seq
""")
