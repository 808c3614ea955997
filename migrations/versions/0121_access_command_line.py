"""The command line is a client of our own, to which people sign in on their machine."""

from migrations.rules import run

revision = "0121_access_command_line"
down_revision = "0120_access_signing_in"

_CLIENT = "escm-cli"


def upgrade() -> None:
    """It keeps no secret and has no role. Loopback addresses stand for each port."""
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
INSERT INTO access_client (id, version, status, visibility, created_at, created_by, updated_at, updated_by, client_id,
    name, search_key, secrets, scope_kind, resources, verbs, ip_allow, sandbox, made_by_country, redirect_uris, public,
    first_party)
VALUES (uuidv7(), 1, 'active', 'restricted', now(), 'system', now(), 'system', '{_CLIENT}', 'Command line',
    'command line {_CLIENT}', '{{}}', 'global', '{{access.*,actions.*,centres.*,membership.*}}', '{{read,write}}', '{{}}',
    false, false, '{{http://127.0.0.1/callback,http://[::1]/callback}}', true, true)
--;
SET LOCAL escm.write_everywhere = ''
""")


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
DELETE FROM access_session WHERE client IN (SELECT id FROM access_client WHERE client_id = '{_CLIENT}')
--;
DELETE FROM access_client WHERE client_id = '{_CLIENT}'
--;
SET LOCAL escm.write_everywhere = ''
""")
