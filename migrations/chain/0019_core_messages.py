"""Messages on the files of experts and of centres. Internal ones need a context that includes them. Those of experts
follow the country of their expert, whoever moves the expert."""

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import country_scoped, record_columns, reference_numbers, role, run, setting

revision = "0019_core_messages"
down_revision = "0018_membership_consents"


def upgrade() -> None:
    _messages("member_message", "MSG", "membership", "expert_id uuid NOT NULL")
    _messages("centre_message", "CMS", "centres", "centre_id uuid NOT NULL REFERENCES centre_centre (id)")
    follow_expert("member_message")


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
    unfollow_expert("member_message")
    run("""
DROP TABLE member_message, centre_message
--;
DROP SEQUENCE member_message_ref_seq, centre_message_ref_seq
""")
