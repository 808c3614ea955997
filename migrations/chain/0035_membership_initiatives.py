"""Initiatives and their supports, the counts of supports, and the figures of past days.

A support follows the country of its expert, and the institution that the affiliation of its text is matched to.
"""

import csv
from pathlib import Path

from alembic import op
from sqlalchemy import text

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import (
    counted,
    country_scoped,
    grant,
    record_columns,
    reference_numbers,
    role,
    run,
    searching,
    setting,
)

revision = "0035_membership_initiatives"
down_revision = "0034_membership_congresses"

_OF_NO_COUNTRY = "country text CHECK (country IS NULL)"
_FUNCTIONS = (
    "member_institutions_meant(uuid[])",
    "member_initiative_organisations(uuid)",
    "member_initiative_organisations_before(uuid, timestamptz)",
)
_RULES = Path(__file__).with_name("0035_support_rules.csv")
_EXPERTS = "status IN ('invited', 'info_requested', 'applied', 'under_review')"
_STEPS = {
    "membership.institutions": ("member_institution", "verify", "status = 'submitted' AND merged_into IS NULL"),
    "membership.declarations": ("member_declaration", "assess", "status = 'signed'"),
    "membership.erasures": ("member_erasure", "confirm", "status = 'proposed'"),
    "membership.calls": ("member_call", "publish", "status = 'decided'"),
    "membership.nominations": (
        "member_nomination",
        "answer_appeal",
        "status = 'not_selected' AND appeal IS NOT NULL AND appeal ->> 'replied_at' IS NULL",
    ),
}
_OF_SUPPORTS = {
    "membership.supports": (
        "member_support",
        "verify",
        "status = 'pending' AND (email_verified OR signer IS NULL)",
    ),
}


def upgrade() -> None:
    _initiatives()
    _supports()
    _counts()
    _matched()
    _organisations()
    _matches()
    _work(_STEPS | _OF_SUPPORTS)
    _rules()


def _initiatives() -> None:
    """Initiatives belong to no country: public ones are for sandboxes, too."""
    columns = record_columns("draft|open|closed|withdrawn")
    columns = columns.replace("country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')", _OF_NO_COUNTRY)
    run(f"""
CREATE TABLE member_initiative ({columns}
    code text NOT NULL UNIQUE,
    titles jsonb NOT NULL,
    texts jsonb NOT NULL,
    adopted_at text,
    congress_id uuid,
    opens timestamptz,
    closes timestamptz,
    signers text[] NOT NULL,
    certificate boolean NOT NULL,
    published_figures jsonb NOT NULL,
    text_digests jsonb NOT NULL,
    search_key text NOT NULL
)
--;
CREATE INDEX member_initiative_status_idx ON member_initiative (status, id)
--;
CREATE TABLE member_initiative_day (
    initiative_id uuid NOT NULL REFERENCES member_initiative (id),
    day date NOT NULL,
    organisations integer NOT NULL,
    organisations_unmatched integer NOT NULL,
    PRIMARY KEY (initiative_id, day)
)
""")
    reference_numbers("member_initiative", "INI", "membership")
    country_scoped("member_initiative", "membership")
    run(f"""
CREATE POLICY member_initiative_public ON member_initiative FOR SELECT
    USING (visibility = 'public' AND ({_has_context()}))
""")
    grant("member_initiative_day", "SELECT, INSERT", "membership")


def _has_context() -> str:
    """Initiatives have no country: whoever has a context may read public ones, callers of the sandbox too."""
    return " OR ".join(f"cardinality({setting(name)}) > 0" for name in ("visibilities", "countries", "records"))


def _supports() -> None:
    run(f"""
CREATE TABLE member_support ({record_columns("pending|accepted|rejected|withdrawn|annulled")}
    initiative_id uuid NOT NULL REFERENCES member_initiative (id),
    expert_id uuid,
    institution_id uuid,
    capacity text NOT NULL CHECK (capacity IN ('personal', 'organisation')),
    organisation jsonb,
    organisation_id uuid,
    organisation_key text,
    affiliation uuid,
    listed_name text,
    signed_at timestamptz NOT NULL,
    consent_to_list boolean NOT NULL,
    consent_to_contact boolean NOT NULL,
    language text,
    evidence jsonb,
    text_digest text NOT NULL,
    email_verified boolean NOT NULL,
    hold text,
    rejected_for text,
    signer jsonb,
    certificate_id uuid,
    email_digest bytea,
    name_key text,
    network_key bytea,
    accepted_at timestamptz,
    ended_at timestamptz,
    replaced_by uuid,
    replaced_from text
)
--;
CREATE UNIQUE INDEX member_support_expert_living_idx ON member_support (expert_id, initiative_id)
    WHERE status IN ('pending', 'accepted') AND expert_id IS NOT NULL
--;
CREATE UNIQUE INDEX member_support_institution_living_idx ON member_support (institution_id, initiative_id)
    WHERE status IN ('pending', 'accepted') AND institution_id IS NOT NULL
--;
CREATE INDEX member_support_expert_idx ON member_support (expert_id) WHERE expert_id IS NOT NULL
--;
CREATE INDEX member_support_institution_idx ON member_support (institution_id) WHERE institution_id IS NOT NULL
--;
CREATE INDEX member_support_initiative_idx ON member_support (initiative_id, status, id)
--;
CREATE INDEX member_support_signed_idx ON member_support (initiative_id, signed_at, id)
--;
CREATE INDEX member_support_country_idx ON member_support (country, status, id)
--;
CREATE INDEX member_support_listed_idx ON member_support (initiative_id, id)
    WHERE status = 'accepted' AND visibility = 'public'
--;
CREATE INDEX member_support_organisation_idx ON member_support (initiative_id, organisation_id)
    WHERE status = 'accepted' AND organisation_id IS NOT NULL
--;
CREATE INDEX member_support_unmatched_idx ON member_support (initiative_id, organisation_key)
    WHERE status = 'accepted' AND organisation_id IS NULL AND organisation_key IS NOT NULL
--;
CREATE INDEX member_support_of_organisation_idx ON member_support (organisation_id) WHERE organisation_id IS NOT NULL
--;
CREATE INDEX member_support_affiliation_idx ON member_support (affiliation) WHERE affiliation IS NOT NULL
--;
CREATE INDEX member_support_name_idx ON member_support (initiative_id, name_key, country)
    WHERE status IN ('pending', 'accepted') AND name_key IS NOT NULL
--;
CREATE INDEX member_support_email_idx ON member_support (email_digest) WHERE email_digest IS NOT NULL
--;
CREATE INDEX member_support_network_idx ON member_support (network_key, signed_at) WHERE network_key IS NOT NULL
--;
CREATE INDEX member_support_network_kept_idx ON member_support (signed_at) WHERE network_key IS NOT NULL
--;
CREATE INDEX member_support_retention_idx ON member_support (status, updated_at)
    WHERE status IN ('pending', 'rejected')
--;
CREATE INDEX member_support_replaced_idx ON member_support (replaced_by) WHERE replaced_by IS NOT NULL
--;
CREATE VIEW member_published_support AS
    SELECT id, ref, version, status, country, visibility, initiative_id, expert_id, institution_id
    FROM member_support
""")
    reference_numbers("member_support", "SUP", "membership")
    country_scoped("member_support", "membership", record="coalesce(expert_id, id)")
    follow_expert("member_support")
    grant("member_published_support", "SELECT", "access", "membership")


def _counts() -> None:
    """Supports by initiative: it is their tag. Their category is the capacity. A change of an expert's country is a
    change of its supports, which is counted as the searching role."""

    def append(*sources: tuple[str, str]) -> str:
        changed = " UNION ALL ".join(
            f"SELECT visibility, status, country, capacity, initiative_id, {n} AS n FROM {source}"
            for source, n in sources
        )
        return f"""
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'support', visibility, status, country, capacity, ARRAY[initiative_id::text], sum(n)
        FROM ({changed}) change
        GROUP BY visibility, status, country, capacity, initiative_id HAVING sum(n) <> 0;"""

    after, before = ("after", "1"), ("before", "-1")
    counted(
        "member_support",
        f"""
BEGIN
    IF TG_OP = 'INSERT' THEN {append(after)}
    ELSIF TG_OP = 'DELETE' THEN {append(before)}
    ELSE {append(after, before)}
    END IF;
    RETURN NULL;
END
""",
    )
    run(f"GRANT INSERT ON core_count_delta TO {role('search')}")


def _matched() -> None:
    """Whoever matches the text of an affiliation: the supports that name it have the same institution. Once the
    affiliation names another text, or its institution by id, the supports keep what they meant."""
    searcher = role("search")
    run(f"""
GRANT SELECT (affiliation), UPDATE (organisation_id, affiliation) ON member_support TO {searcher}
--;
CREATE FUNCTION member_support_match() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = escm, pg_temp AS $$
BEGIN
    IF NEW.raw = OLD.raw THEN
        UPDATE member_support SET organisation_id = NEW.institution_id WHERE affiliation = NEW.id;
    ELSE
        UPDATE member_support SET affiliation = NULL WHERE affiliation = NEW.id;
    END IF;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER member_affiliation_supports_match AFTER UPDATE OF institution_id, raw ON member_affiliation FOR EACH ROW
    WHEN (OLD.institution_id IS DISTINCT FROM NEW.institution_id OR OLD.raw IS DISTINCT FROM NEW.raw)
    EXECUTE FUNCTION member_support_match()
""")
    searching("member_support_match()", "membership")


def _organisations() -> None:
    """The organisations that accepted supports name: institutions that were not merged, and texts without one. The
    present ones are found by steps from one to the next in an index, whatever the number of supports. They are the same
    for every caller, and operators on text are not leakproof: the functions read around row-level security and return
    numbers only."""
    run(f"""
GRANT SELECT (initiative_id, status, organisation_id, organisation_key, accepted_at, ended_at) ON member_support
    TO {role("search")}
--;
CREATE FUNCTION member_institutions_meant(named uuid[]) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT count(DISTINCT CASE WHEN i.merged_into IS NULL THEN n ELSE member_institution_merge_target(n) END)
    FROM unnest(named) n LEFT JOIN member_institution i ON i.id = n
$$
--;
CREATE FUNCTION member_initiative_organisations(initiative uuid, OUT matched bigint, OUT unmatched bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE institutions AS (
        (SELECT s.organisation_id AS found FROM member_support s
        WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id IS NOT NULL
        ORDER BY s.organisation_id LIMIT 1)
        UNION ALL
        SELECT (SELECT s.organisation_id FROM member_support s
            WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id > institutions.found
            ORDER BY s.organisation_id LIMIT 1)
        FROM institutions WHERE institutions.found IS NOT NULL
    ), texts AS (
        (SELECT s.organisation_key AS found FROM member_support s
        WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id IS NULL
            AND s.organisation_key IS NOT NULL
        ORDER BY s.organisation_key LIMIT 1)
        UNION ALL
        SELECT (SELECT s.organisation_key FROM member_support s
            WHERE s.initiative_id = initiative AND s.status = 'accepted' AND s.organisation_id IS NULL
                AND s.organisation_key > texts.found
            ORDER BY s.organisation_key LIMIT 1)
        FROM texts WHERE texts.found IS NOT NULL
    )
    SELECT member_institutions_meant(ARRAY(SELECT found FROM institutions WHERE found IS NOT NULL)),
        (SELECT count(*) FROM texts WHERE found IS NOT NULL)
$$
--;
CREATE FUNCTION member_initiative_organisations_before(
    initiative uuid, instant timestamptz, OUT matched bigint, OUT unmatched bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT member_institutions_meant(array_agg(DISTINCT s.organisation_id) FILTER (WHERE s.organisation_id IS NOT NULL)),
        count(DISTINCT s.organisation_key) FILTER (WHERE s.organisation_id IS NULL)
    FROM member_support s
    WHERE s.initiative_id = initiative AND s.accepted_at < instant AND (s.ended_at IS NULL OR s.ended_at >= instant)
$$
""")
    for signature in _FUNCTIONS:
        searching(signature, "membership")


def _matches() -> None:
    """Living supports by initiative and expert, for imports: a match out of the caller's reach has to be known."""
    writable = (
        "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
        f" OR r.country = ANY({setting('write_countries')}) OR r.expert_id::text = ANY({setting('write_records')})"
    )
    run(f"""
GRANT SELECT (id, country) ON member_support TO {role("search")}
--;
CREATE FUNCTION member_support_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, coalesce({writable}, false)
    FROM (
        SELECT key, split_part(key, ':', 2) AS initiative, split_part(key, ':', 3) AS expert
        FROM unnest(keys) AS k (key) WHERE key LIKE 'support:%' OFFSET 0
    ) k JOIN member_support r ON r.expert_id = k.expert::uuid AND r.initiative_id = k.initiative::uuid
    WHERE r.status IN ('pending', 'accepted')
$$
""")
    searching("member_support_matches(text[])", "membership")


def _work(steps: dict[str, tuple[str, str, str]]) -> None:
    """The view of what waits for somebody in membership."""
    others = "".join(
        f"""
    UNION ALL
    SELECT '{resource}', id, ref, country, '{verb}', NULL::timestamptz, NULL::uuid FROM {table} WHERE {waiting}"""
        for resource, (table, verb, waiting) in steps.items()
    )
    run(f"""
DROP VIEW member_published_work
--;
CREATE VIEW member_published_work AS
    SELECT 'membership.experts' AS resource, id, ref, country,
        CASE status WHEN 'invited' THEN 'apply' WHEN 'info_requested' THEN 'resubmit'
            WHEN 'applied' THEN 'start_review' ELSE 'approve' END AS verb,
        clock_target AS due,
        CASE WHEN status IN ('invited', 'info_requested') THEN account_id ELSE assignee END AS account_id
    FROM member_expert
    WHERE {_EXPERTS} AND merged_into IS NULL AND erased_at IS NULL
        AND (status IN ('applied', 'under_review') OR account_id IS NOT NULL){others}
    UNION ALL
    SELECT 'membership.nominations', n.id, n.ref, n.country, 'score', NULL, e.account_id
    FROM member_call c CROSS JOIN LATERAL jsonb_array_elements(c.panel) seat
    JOIN member_expert e ON e.id = (seat ->> 'expert_id')::uuid
    JOIN member_nomination n ON n.call_id = c.id
    WHERE c.status = 'assessing' AND n.status = 'nominated' AND e.account_id IS NOT NULL
        AND NOT n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', seat -> 'expert_id'))
        AND NOT EXISTS (SELECT FROM member_score s WHERE s.nomination_id = n.id AND s.expert_id = e.id)
""")
    grant("member_published_work", "SELECT", "access")


def _rules() -> None:
    rule = text("""
INSERT INTO member_retention_rule (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    resource, state, after, action, basis)
VALUES (CAST(:id AS uuid), 1, 'active', 'restricted', now(), 'system', now(), 'system', :resource,
    nullif(:state, ''), :after, :action, :basis)
ON CONFLICT DO NOTHING
""")
    run("SET LOCAL escm.write_everywhere = 'on'")
    with _RULES.open(encoding="utf-8", newline="") as lines:
        for number, columns in enumerate(csv.DictReader(lines), start=0x30):
            op.execute(rule.bindparams(id=f"019b76da-a800-7000-8000-0000000000{number:02x}", **columns))


def downgrade() -> None:
    _work(_STEPS)
    unfollow_expert("member_support")
    run(f"""
DELETE FROM member_retention_rule WHERE resource = 'supports'
--;
DROP TRIGGER member_affiliation_supports_match ON member_affiliation
--;
DROP FUNCTION member_support_match()
--;
REVOKE INSERT ON core_count_delta FROM {role("search")}
--;
DELETE FROM core_count_delta WHERE kind = 'support'
--;
DELETE FROM core_count_day WHERE kind IN ('support', 'support_tagged')
--;
DELETE FROM core_count WHERE kind IN ('support', 'support_tagged')
--;
DROP FUNCTION {", ".join(_FUNCTIONS)}, member_support_matches(text[])
--;
DROP VIEW member_published_support
--;
DROP TABLE member_support, member_initiative_day, member_initiative
--;
DROP FUNCTION member_support_counted()
--;
DROP SEQUENCE member_support_ref_seq, member_initiative_ref_seq
""")
