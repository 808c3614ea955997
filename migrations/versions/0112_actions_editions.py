"""Editions of the Global Report, their contributions, and the tokens of authors."""

from migrations.rules import (
    RECORD,
    country_scoped,
    grant,
    json_of,
    record_columns,
    reference_numbers,
    role,
    run,
    setting,
)

revision = "0112_actions_editions"
down_revision = "0111_access_client_contacts"

_WORK, _OTHER_WORK = "action_published_work", "action_work_without_contributions"
_PERSONAL, _OTHER_PERSONAL = "action_published_personal", "action_personal_without_contributions"
_OPEN = ("proposed", "draft")
_CONTRIBUTION = json_of(
    f"{RECORD} edition_id number outline_key titles language abstract keywords funding conflicts due authors"
)
_NO_COUNTRY = "    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),"


def _columns(states: str, country: str) -> str:
    """The columns of a record that has no country, or need not have one."""
    return record_columns(states).replace(_NO_COUNTRY, f"    country text CHECK ({country}),")


def upgrade() -> None:
    run(f"""
CREATE TABLE action_edition ({_columns("draft|call|writing|abandoned", "country IS NULL")}
    year integer NOT NULL,
    number integer NOT NULL,
    titles jsonb NOT NULL,
    languages text[] NOT NULL,
    licence text NOT NULL,
    doi text,
    isbn text,
    outline jsonb NOT NULL,
    call jsonb,
    deadlines jsonb,
    review jsonb NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT action_edition_number_key UNIQUE (year, number)
)
--;
CREATE TABLE action_contribution ({_columns("proposed|draft|declined|dropped", "country ~ '^[A-Z]{2}$'")}
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    number integer NOT NULL,
    outline_key text NOT NULL,
    titles jsonb NOT NULL,
    language text NOT NULL,
    abstract jsonb NOT NULL,
    keywords text[] NOT NULL,
    funding text,
    conflicts text,
    due date,
    authors jsonb NOT NULL,
    editor_id uuid,
    expert_ids uuid[] NOT NULL,
    unconfirmed_ids uuid[] NOT NULL,
    addresses jsonb NOT NULL,
    authors_asked integer NOT NULL,
    reminded_on date,
    search_key text NOT NULL,
    CONSTRAINT action_contribution_number_key UNIQUE (edition_id, number)
)
--;
CREATE INDEX action_contribution_experts_idx ON action_contribution USING gin (expert_ids)
--;
CREATE INDEX action_contribution_country_idx ON action_contribution (country, status, id)
--;
CREATE INDEX action_contribution_due_idx ON action_contribution (due) WHERE status = 'draft'
""")
    for table, prefix in (("action_edition", "EDI"), ("action_contribution", "CTB")):
        reference_numbers(table, prefix, "actions")
    country_scoped("action_edition", "actions")
    country_scoped("action_contribution", "actions", record="edition_id")
    _authors_have_access()
    _authors_have_tokens()
    _views()


def _authors_have_access() -> None:
    """Rows are also those of grants over the contribution or over an author's own record."""
    readable, writable = (
        f"id::text = ANY({setting(name)}) OR expert_ids::text[] && {setting(name)}"
        for name in ("records", "write_records")
    )
    run(f"""
CREATE POLICY action_contribution_own_read ON action_contribution FOR SELECT USING ({readable})
--;
CREATE POLICY action_contribution_own_insert ON action_contribution FOR INSERT WITH CHECK ({writable})
--;
CREATE POLICY action_contribution_own_update ON action_contribution FOR UPDATE USING ({writable}) WITH CHECK ({writable})
""")


def _authors_have_tokens() -> None:
    run(f"""
CREATE POLICY core_mail_token_actions ON core_mail_token TO {role("actions")}
    USING (service = 'actions') WITH CHECK (service = 'actions')
""")
    grant("core_mail_token", "SELECT, INSERT, UPDATE, DELETE", "actions")


def _views() -> None:
    steps = " UNION ALL ".join(
        f"""
    SELECT 'actions.contributions', c.id, c.ref, c.country, 'confirm_authorship', {_end_of_day("c.due")}, e.account_id,
        c.edition_id, NULL::date, NULL
    FROM action_contribution c JOIN member_published_expert e ON e.id = ANY(c.unconfirmed_ids)
    WHERE c.status = '{status}' AND e.account_id IS NOT NULL"""
        for status in _OPEN
    )
    run(f"""
CREATE VIEW action_published_contribution AS
    SELECT id, ref, version, country, status, visibility, edition_id, expert_ids, editor_id FROM action_contribution
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK}
    UNION ALL
    SELECT 'actions.contributions', c.id, c.ref, c.country, 'accept', NULL::timestamptz, (
            SELECT g.principal_id FROM access_published_grant g
            WHERE g.principal_kind = 'account' AND g.principal_id = c.editor_id AND g.scope_kind = 'edition'
                AND g.scope_id = c.edition_id::text AND g.role IN ('editor_in_chief', 'editor') LIMIT 1
        ), c.edition_id, NULL::date, NULL
    FROM action_contribution c WHERE c.status = 'proposed'
    UNION ALL {steps}
--;
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS
    SELECT * FROM {_OTHER_PERSONAL}
    UNION ALL
    SELECT person, 'contributions', id, {_CONTRIBUTION}
    FROM action_contribution CROSS JOIN LATERAL unnest(expert_ids) person
""")
    grant("action_published_contribution", "SELECT", "access", "membership")
    grant(_WORK, "SELECT", "access")
    grant(_PERSONAL, "SELECT", "membership")


def _end_of_day(day: str) -> str:
    return f"(({day} + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text)"


def downgrade() -> None:
    run(f"""
DROP VIEW {_PERSONAL}
--;
ALTER VIEW {_OTHER_PERSONAL} RENAME TO {_PERSONAL}
--;
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
DROP VIEW action_published_contribution
--;
DROP POLICY core_mail_token_actions ON core_mail_token
--;
REVOKE ALL ON core_mail_token FROM {role("actions")}
--;
DROP TABLE action_contribution, action_edition
--;
DROP SEQUENCE action_contribution_ref_seq
--;
DROP SEQUENCE action_edition_ref_seq
""")
