"""Addresses are compared by lower case, not by case folding, which makes one address of `ſmith@…` and `smith@…`."""

import unicodedata
from collections.abc import Callable

from alembic import op
from sqlalchemy import text

from migrations.rules import run

revision = "0096_core_address_keys"
down_revision = "0095_membership_support_wording"

_ACCOUNTS = (
    "SELECT id, ARRAY[email] FROM access_account WHERE email ~ '[^ -~]'",
    ("UPDATE access_account SET email_key = (CAST(:keys AS text[]))[1] WHERE id = :id"),
)
_EXPERTS = (
    """
SELECT id, ARRAY(SELECT one ->> 'value' FROM jsonb_array_elements(emails) WITH ORDINALITY AS each (one, place)
    ORDER BY place)
FROM member_expert WHERE emails::text ~ '[^ -~]'
""",
    "UPDATE member_expert SET email_keys = CAST(:keys AS text[]) WHERE id = :id",
)
_NOMINATIONS = (
    "SELECT id, ARRAY[nominator ->> 'email'] FROM member_nomination WHERE nominator ->> 'email' ~ '[^ -~]'",
    "UPDATE member_nomination SET nominator_key = (CAST(:keys AS text[]))[1] WHERE id = :id",
)


def upgrade() -> None:
    _rewrite(str.lower)


def downgrade() -> None:
    _rewrite(str.casefold)


def _rewrite(folded: Callable[[str], str]) -> None:
    """Only addresses with other characters than those of ASCII have another key."""
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
""")
    connection = op.get_bind()
    for found, change in (_ACCOUNTS, _EXPERTS, _NOMINATIONS):
        for key, addresses in connection.execute(text(found)).fetchall():
            keys = [folded(unicodedata.normalize("NFC", one).strip()) for one in addresses]
            connection.execute(text(change), {"id": key, "keys": keys})
