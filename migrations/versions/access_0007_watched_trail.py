"""How far the audit trail was verified where it lies, by the worker of access."""

from migrations.rules import grant, role, run

revision = "access_0007"
down_revision = "core_0014"


def upgrade() -> None:
    run(f"""
CREATE TABLE core_audit_verified (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    newest bigint NOT NULL,
    again bigint NOT NULL,
    at timestamptz
)
--;
COMMENT ON COLUMN core_audit_verified.again IS 'up to where what is older was verified once more; it begins anew'
--;
INSERT INTO core_audit_verified (newest, again) VALUES (0, 0)
--;
GRANT SELECT (key_id, public) ON core_audit_signing_key TO {role("access")}
""")
    grant("core_audit_checkpoint", "SELECT", "access")
    grant("core_audit_verified", "SELECT, UPDATE", "access")


def downgrade() -> None:
    run(f"""
REVOKE SELECT (key_id, public) ON core_audit_signing_key FROM {role("access")}
--;
REVOKE SELECT ON core_audit_checkpoint FROM {role("access")}
--;
DROP TABLE core_audit_verified
""")
