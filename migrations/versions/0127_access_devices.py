"""Codes by which people sign in on a device without a browser (RFC 8628).

The device's code is stored as its SHA-256, that which a person types as a digest under a key of the installation. The
pages of the installation are reached at `/access/device`, too.
"""

from migrations.rules import grant, run, setting

revision = "0127_access_devices"
down_revision = "0126_actions_errata"

_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = f"'restricted' = ANY({setting('visibilities')}) OR {_WRITES}"
_OF_PAGES = "UPDATE access_client SET redirect_uris = {} WHERE client_id = 'escm-pages'"


def upgrade() -> None:
    run("""
CREATE TABLE access_device (
    id uuid PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    user_digest bytea NOT NULL UNIQUE,
    client uuid NOT NULL REFERENCES access_client (id) ON DELETE CASCADE,
    scope text NOT NULL,
    network text NOT NULL,
    asked_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    pause integer NOT NULL,
    polled_at timestamptz,
    decision text CHECK (decision IN ('allowed', 'denied')),
    browser_session uuid REFERENCES access_session (id) ON DELETE CASCADE,
    used_at timestamptz,
    given uuid REFERENCES access_session (id) ON DELETE SET NULL,
    CHECK ((decision IS NULL) = (browser_session IS NULL))
)
--;
COMMENT ON COLUMN access_device.browser_session IS 'the session in which a person decided'
--;
COMMENT ON COLUMN access_device.given IS 'the session that the code was exchanged for'
--;
CREATE INDEX access_device_browser_idx ON access_device (browser_session)
--;
CREATE INDEX access_device_given_idx ON access_device (given)
--;
CREATE INDEX access_device_until_idx ON access_device (until)
""")
    grant("access_device", "SELECT, INSERT, UPDATE, DELETE", "access")
    run(f"""
ALTER TABLE access_device ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE access_device FORCE ROW LEVEL SECURITY
--;
CREATE POLICY access_device_read ON access_device FOR SELECT USING ({_READS})
--;
CREATE POLICY access_device_insert ON access_device FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY access_device_update ON access_device FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY access_device_delete ON access_device FOR DELETE USING ({_WRITES})
""")
    _change_addresses("redirect_uris || '/access/device'::text")


def _change_addresses(addresses: str) -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
{_OF_PAGES.format(addresses)}
--;
SET LOCAL escm.write_everywhere = ''
""")


def downgrade() -> None:
    _change_addresses("array_remove(redirect_uris, '/access/device')")
    run("DROP TABLE access_device")
