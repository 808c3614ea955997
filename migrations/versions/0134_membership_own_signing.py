"""Supports of an institution are also those of grants over the institution."""

from migrations.rules import run, setting

revision = "0134_membership_own_signing"
down_revision = "0133_access_break_glass"

_TABLE = "member_support"


def upgrade() -> None:
    readable, writable = (f"institution_id::text = ANY({setting(name)})" for name in ("records", "write_records"))
    run(f"""
CREATE POLICY {_TABLE}_own_read ON {_TABLE} FOR SELECT USING ({readable})
--;
CREATE POLICY {_TABLE}_own_insert ON {_TABLE} FOR INSERT WITH CHECK ({writable})
--;
CREATE POLICY {_TABLE}_own_update ON {_TABLE} FOR UPDATE USING ({writable}) WITH CHECK ({writable})
--;
CREATE POLICY {_TABLE}_own_delete ON {_TABLE} FOR DELETE USING ({writable})
""")


def downgrade() -> None:
    for verb in ("read", "insert", "update", "delete"):
        run(f"DROP POLICY {_TABLE}_own_{verb} ON {_TABLE}")
