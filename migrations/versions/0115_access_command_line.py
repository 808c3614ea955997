"""Clients of our own: the command line, to which people sign in on their machine, and the page of mails."""

from migrations.rules import run

revision = "0115_access_command_line"
down_revision = "0114_access_signing_in"

_COMMAND_LINE, _PAGES = "escm-cli", "escm-pages"
_OF_BOTH = f"client_id IN ('{_COMMAND_LINE}', '{_PAGES}')"


def upgrade() -> None:
    """They keep no secret and have no role. Loopback addresses stand for each port; an address without an origin is of
    this installation."""
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
INSERT INTO access_client (id, version, status, visibility, created_at, created_by, updated_at, updated_by, client_id,
    name, search_key, secrets, scope_kind, resources, verbs, ip_allow, sandbox, made_by_country, redirect_uris, public,
    first_party)
SELECT own.id, 1, 'active', 'restricted', '2026-12-01T00:00:00Z', 'system', '2026-12-01T00:00:00Z',
    'system', own.client_id, own.name,
    lower(own.name) || ' ' || own.client_id, '{{}}', 'global', '{{access.*,actions.*,centres.*,membership.*}}',
    '{{read,write}}', '{{}}', false, false, own.redirect_uris, true, true
FROM (VALUES
    ('01ad7000-0000-7000-8000-000000000001'::uuid, '{_COMMAND_LINE}', 'Command line',
        '{{http://127.0.0.1/callback,http://[::1]/callback}}'::text[]),
    ('01ad7000-0000-7000-8000-000000000002', '{_PAGES}', 'Pages of the installation', '{{/account}}')
) AS own (id, client_id, name, redirect_uris)
--;
SET LOCAL escm.write_everywhere = ''
""")


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
DELETE FROM access_session WHERE client IN (SELECT id FROM access_client WHERE {_OF_BOTH})
--;
DELETE FROM access_client WHERE {_OF_BOTH}
--;
SET LOCAL escm.write_everywhere = ''
""")
