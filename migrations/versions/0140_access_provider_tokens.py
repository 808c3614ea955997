"""Access tokens of identity providers: whose are taken, by which keys, and from when on those of a person."""

from migrations.personal_parts import narrowed, widened
from migrations.rules import grant, role, run

revision = "0140_access_provider_tokens"
down_revision = "0139_actions_authorships"

_SERVICES = ("membership", "centres", "actions", "access")
_ISSUERS, _IDENTITIES = "access_published_token_issuer", "access_published_identity"
_VIEW, _OTHER = "access_published_personal", "access_personal_without_sign_outs"
_HAS = "SELECT FROM access_factor f WHERE f.account_id = i.account_id AND f.kind = '{kind}' AND f.status IN ({states})"


def upgrade() -> None:
    passkey, locked = (_HAS.format(kind="passkey", states=state) for state in ("'active'", "'locked'"))
    totp = _HAS.format(kind="totp", states="'active', 'locked'")
    run(f"""
ALTER TABLE access_identity_provider
    ADD COLUMN access_tokens jsonb,
    ADD COLUMN token_keys jsonb,
    ADD COLUMN token_keys_at timestamptz
--;
CREATE POLICY access_identity_provider_published ON access_identity_provider FOR SELECT TO {role("owner")} USING (true)
--;
ALTER TABLE access_identity ADD COLUMN signed_out_at timestamptz
--;
CREATE VIEW {_ISSUERS} AS
    SELECT issuer, access_tokens ->> 'audience' AS audience, levels, token_keys AS keys
    FROM access_identity_provider
    WHERE status = 'active' AND access_tokens IS NOT NULL AND token_keys_at > now() - interval '10 minutes'
--;
CREATE VIEW {_IDENTITIES} AS
    SELECT i.id, i.issuer, i.subject, i.account_id, i.signed_out_at, CASE
        WHEN EXISTS ({passkey}) THEN 'phr'
        WHEN EXISTS ({totp}) OR EXISTS ({locked}) THEN '2'
        ELSE '1' END AS best
    FROM access_identity i JOIN access_account a ON a.id = i.account_id AND a.status = 'active'
    WHERE i.status = 'linked'
""")
    widened(_VIEW, _OTHER, "identities", "access_identity", "signed_out_at")
    for view in (_ISSUERS, _IDENTITIES):
        grant(view, "SELECT", *_SERVICES)


def downgrade() -> None:
    narrowed(_VIEW, _OTHER)
    run(f"""
DROP VIEW {_IDENTITIES}, {_ISSUERS}
--;
ALTER TABLE access_identity DROP COLUMN signed_out_at
--;
DROP POLICY access_identity_provider_published ON access_identity_provider
--;
ALTER TABLE access_identity_provider DROP COLUMN access_tokens, DROP COLUMN token_keys, DROP COLUMN token_keys_at
""")
