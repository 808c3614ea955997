"""The views of access that other services read. They show living things only, and no secret."""

from migrations.rules import RECORD, grant, instant, json_of, run, setting

revision = "0007_access_views"
down_revision = "0006_access"

_SERVICES = ("membership", "centres", "actions", "access")
_VIEWS = ("key", "principal", "grant", "api_key", "credential_change", "demonstration")
_TODAY = "(now() AT TIME ZONE 'UTC')::date"
_GRANT = "l.role, l.scope_kind, l.scope_id, l.starts, l.ends, l.resources, l.verbs"


def upgrade() -> None:
    _authentication()
    _second_persons()
    _personal()
    for view in _VIEWS:
        grant(f"access_published_{view}", "SELECT", *_SERVICES)
    grant("access_published_personal", "SELECT", "membership")


def _authentication() -> None:
    """What every service authenticates from, before it knows any country. A grant that is delegated counts while the one
    that it comes from does. The digest of an API key is published so that every service finds it."""
    run(f"""
CREATE VIEW access_published_key AS
    SELECT kid, public FROM access_signing_key WHERE verifies_until > now()
--;
CREATE VIEW access_published_api_key AS
    SELECT digest, id, expires_at FROM access_api_key WHERE status = 'active' AND expires_at > now()
--;
CREATE VIEW access_published_principal AS
    SELECT p.kind, p.id, p.name, p.sandbox,
           ARRAY(SELECT r.token_id FROM access_revoked_token r
                 WHERE r.principal_kind = p.kind AND r.principal_id = p.id AND r.until > now()) AS revoked_tokens,
           p.owner_id, p.ip_allow,
           ARRAY(SELECT s.id FROM access_session s
                 WHERE p.kind = 'account' AND s.account_id = p.id AND s.status <> 'active'
                   AND s.updated_at > now() - interval '15 minutes') AS ended_sessions
    FROM (
        SELECT 'account' AS kind, id, name, false AS sandbox, NULL::uuid AS owner_id, '{{}}'::text[] AS ip_allow
        FROM access_account WHERE status = 'active'
        UNION ALL
        SELECT 'client', id, name, sandbox, NULL, ip_allow FROM access_client WHERE status = 'active'
        UNION ALL
        SELECT 'key', k.id, k.name, coalesce(c.sandbox, false), k.owner_id, coalesce(c.ip_allow, '{{}}')
        FROM access_api_key k
        LEFT JOIN access_account a ON k.owner_kind = 'account' AND a.id = k.owner_id AND a.status = 'active'
        LEFT JOIN access_client c ON k.owner_kind = 'client' AND c.id = k.owner_id AND c.status = 'active'
        WHERE k.status = 'active' AND k.expires_at > now() AND (a.id IS NOT NULL OR c.id IS NOT NULL)
    ) p
--;
CREATE VIEW access_published_grant AS
    WITH living AS NOT MATERIALIZED (
        SELECT g.id, g.principal_kind, g.principal_id, g.role, g.scope_kind, g.scope_id, g.starts, g.ends,
               c.resources, c.verbs, g.delegated_from
        FROM access_grant g
        LEFT JOIN access_account a ON g.principal_kind = 'account' AND a.id = g.principal_id AND a.status = 'active'
        LEFT JOIN access_client c ON g.principal_kind = 'client' AND c.id = g.principal_id AND c.status = 'active'
        WHERE g.status = 'active' AND g.starts <= {_TODAY} AND (g.ends IS NULL OR g.ends >= {_TODAY})
          AND (a.id IS NOT NULL OR c.id IS NOT NULL)
          AND (g.delegated_from IS NULL OR EXISTS (
              SELECT FROM access_grant s JOIN access_account h ON h.id = s.principal_id AND h.status = 'active'
              WHERE s.id = g.delegated_from AND s.status = 'active' AND s.principal_kind = 'account'
                AND s.starts <= {_TODAY} AND (s.ends IS NULL OR s.ends >= {_TODAY})))
    )
    SELECT l.id, l.principal_kind, l.principal_id, {_GRANT},
           NULL::text[] AS key_resources, NULL::text[] AS key_verbs, NULL::text[] AS key_countries, l.delegated_from
    FROM living l
    UNION ALL
    SELECT l.id, 'key', k.id, {_GRANT}, k.resources, k.verbs, k.countries, l.delegated_from
    FROM access_api_key k
    JOIN living l ON l.principal_kind = k.owner_kind AND l.principal_id = k.owner_id
    WHERE k.status = 'active' AND k.expires_at > now()
""")


def _second_persons() -> None:
    """Who set whose credential lately; and which client is the demonstration's secretariat, for rules that let it act
    alone on a laptop."""
    run("""
CREATE VIEW access_published_credential_change AS
    SELECT principal_kind, principal_id, by_kind, by_id, at FROM access_credential_change
    WHERE by_id IS NOT NULL AND by_id <> principal_id AND (principal_kind = 'client' OR at > now() - interval '30 days')
--;
CREATE VIEW access_published_demonstration AS
    SELECT id FROM access_client WHERE client_id = 'demo-secretariat' AND status = 'active'
""")


def _personal() -> None:
    """What access keeps about people, for an export of everything about one: under their accounts, and the accounts
    under the experts that they belong to. Only a context that reads everything sees it."""
    reads_everything = f"'restricted' = ANY({setting('visibilities')})"
    account = json_of(f"{RECORD} email name expert_id email_verified language")
    session = json_of(f"{RECORD} account_id label ends_at")
    granted = json_of(
        f"{RECORD} principal_kind principal_id role scope_kind scope_id starts ends reason second_person delegated_from"
        " caused_by"
    )
    key = json_of(f"{RECORD} name hint owner_kind owner_id resources verbs countries expires_at")
    run(f"""
CREATE VIEW access_published_personal AS
    SELECT id AS person, expert_id AS expert, 'accounts' AS part, id, {account} AS record
    FROM access_account WHERE {reads_everything}
    UNION ALL
    SELECT account_id, NULL, 'sessions', id, {session}
    FROM access_session WHERE {reads_everything}
    UNION ALL
    SELECT principal_id, NULL, 'grants', id, {granted}
    FROM access_grant WHERE principal_kind = 'account' AND {reads_everything}
    UNION ALL
    SELECT owner_id, NULL, 'api_keys', k.id,
        {key} || jsonb_build_object('used_at',
            (SELECT {instant("used_at")} FROM access_last_use u WHERE u.kind = 'key' AND u.id = k.id))
    FROM access_api_key k WHERE owner_kind = 'account' AND {reads_everything}
""")


def downgrade() -> None:
    run(f"DROP VIEW access_published_personal, {', '.join(f'access_published_{view}' for view in _VIEWS)}")
