"""Requests of countries for support, and the offers of experts to give it."""

from migrations.documents import (
    DocumentKind,
    close_documents,
    document_indexes,
    open_documents,
    publish_documents,
)
from migrations.rules import (
    RECORD,
    counted,
    country_scoped,
    grant,
    index_beside_writers,
    json_of,
    readable_row,
    record_columns,
    reference_numbers,
    run,
    setting,
)

revision = "0060_actions_support"
down_revision = "0059_membership_expertise"

_STATES = "draft|submitted|matching|in_delivery|delivered|closed|declined|unmatched|cancelled"
_OFFER_STATES = "offered|accepted|confirmed|declined|refused|expired|withdrawn"
_EARLIER = (
    DocumentKind("actions.actions", "action_action", "baseline.source"),
    DocumentKind("actions.milestones", "action_milestone", "evidence[]"),
    DocumentKind("actions.endorsements", "action_endorsement", "document"),
    DocumentKind("actions.focal_points", "action_focal_point", "letter"),
    DocumentKind("actions.correspondence", "action_correspondence", "document"),
    DocumentKind("actions.results", "action_result", "evidence[]"),
)
_REQUESTS = DocumentKind("actions.support_requests", "action_support_request", "documents[] delivery_document")
_CELL = "visibility, status, country, kind AS category"
_FOCAL_POINTS = f"""
    SELECT expert_id AS person, 'focal_points' AS part, id,
        {json_of(f"{RECORD} person expert_id body_id role letter predecessor_id starts ends")} AS record
    FROM action_focal_point WHERE expert_id IS NOT NULL"""
_OFFERS = f"""
    UNION ALL
    SELECT expert_id, 'offers', id, {json_of(f"{RECORD} request_id expert_id message respond_by accepted_on")}
    FROM action_offer"""


def _sources() -> list[str]:
    """The editions of schemes whose assessments and mappings name files as sources."""
    named = "source ->> 'evidence_id'"
    joined = {
        "action_scheme_state": "r.id = s.scheme_id",
        "action_scheme_mapping": "r.code = s.scheme AND r.status = 'current'",
    }
    return [
        f"""
SELECT (s.{named})::uuid AS evidence_id, 'actions.schemes' AS resource, r.id AS record_id, r.ref, r.country,
    r.visibility, r.status, r.id AS scope_id, '/actions/v1/schemes/' || r.id AS link
FROM {table} s JOIN action_scheme r ON {on} WHERE s.{named} IS NOT NULL AND {readable_row("r")}"""
        for table, on in joined.items()
    ]


def upgrade() -> None:
    _requests()
    _offers()
    counted("action_support_request", _counting())
    _personal(_OFFERS)
    _work(_EARLIER_WORK + _WORK)
    open_documents(_REQUESTS)
    publish_documents("action", (*_EARLIER, _REQUESTS), _sources())
    for name, definition in document_indexes((_REQUESTS,)):
        index_beside_writers(name, definition)


def _requests() -> None:
    run(f"""
CREATE TABLE action_support_request ({record_columns(_STATES)}
    titles jsonb NOT NULL,
    need jsonb NOT NULL,
    kind text NOT NULL CHECK (kind IN ('science', 'training', 'review', 'data', 'advice', 'other')),
    fields text[] NOT NULL,
    planetary_boundaries text[] NOT NULL,
    ecosystems text[] NOT NULL,
    keywords text[] NOT NULL,
    languages text[] NOT NULL,
    codes jsonb NOT NULL,
    mode text NOT NULL CHECK (mode IN ('remote', 'onsite', 'both')),
    wanted_from date,
    wanted_to date CHECK (wanted_to >= wanted_from),
    days integer CHECK (days BETWEEN 1 AND 365),
    programme_id uuid REFERENCES action_programme (id),
    action_id uuid REFERENCES action_action (id),
    centre_id uuid,
    documents jsonb NOT NULL,
    expert_ids uuid[] NOT NULL,
    delivery_document jsonb,
    rating integer CHECK (rating BETWEEN 1 AND 5),
    rating_text text,
    clock_days jsonb,
    clock_holder text CHECK (clock_holder IN ('country', 'secretariat', 'expert')),
    clock_since timestamptz,
    clock_target timestamptz,
    overdue_at timestamptz,
    search_key text NOT NULL
)
--;
CREATE INDEX action_support_request_country_idx ON action_support_request (country, status, id)
--;
CREATE INDEX action_support_request_kind_idx ON action_support_request (kind, id)
--;
CREATE INDEX action_support_request_experts_idx ON action_support_request USING gin (expert_ids)
--;
CREATE INDEX action_support_request_programme_idx ON action_support_request (programme_id, id)
    WHERE programme_id IS NOT NULL
--;
CREATE INDEX action_support_request_action_idx ON action_support_request (action_id, id) WHERE action_id IS NOT NULL
--;
CREATE INDEX action_support_request_centre_idx ON action_support_request (centre_id, id) WHERE centre_id IS NOT NULL
--;
CREATE INDEX action_support_request_target_idx ON action_support_request (clock_target)
    WHERE overdue_at IS NULL AND clock_target IS NOT NULL
--;
CREATE FUNCTION action_support_request_codes_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_tag WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility)
        SELECT DISTINCT NEW.id, 'support_request', one ->> 'scheme', one ->> 'code', NEW.status, NEW.country,
            NEW.visibility
        FROM jsonb_array_elements(NEW.codes) one;
    END IF;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER action_support_request_codes_follow
    AFTER INSERT OR DELETE OR UPDATE OF codes, status, country, visibility
    ON action_support_request FOR EACH ROW EXECUTE FUNCTION action_support_request_codes_follow()
""")
    reference_numbers("action_support_request", "SRQ", "actions")
    country_scoped("action_support_request", "actions")
    readable, writable = (f"expert_ids::text[] && {setting(name)}" for name in ("records", "write_records"))
    run(f"""
CREATE POLICY action_support_request_expert_read ON action_support_request FOR SELECT USING ({readable})
--;
CREATE POLICY action_support_request_expert_update ON action_support_request FOR UPDATE
    USING ({writable}) WITH CHECK ({writable})
""")


def _offers() -> None:
    run(f"""
CREATE TABLE action_offer ({record_columns(_OFFER_STATES)}
    request_id uuid NOT NULL REFERENCES action_support_request (id),
    expert_id uuid NOT NULL,
    message text,
    respond_by date NOT NULL,
    accepted_on date
)
--;
CREATE INDEX action_offer_request_idx ON action_offer (request_id, id)
--;
CREATE INDEX action_offer_expert_idx ON action_offer (expert_id, status, id)
--;
CREATE INDEX action_offer_country_idx ON action_offer (country, status, id)
--;
CREATE INDEX action_offer_open_idx ON action_offer (expert_id) WHERE status IN ('offered', 'accepted')
--;
CREATE INDEX action_offer_respond_idx ON action_offer (respond_by, id) WHERE status = 'offered'
""")
    reference_numbers("action_offer", "OFF", "actions")
    country_scoped("action_offer", "actions", record="expert_id")
    run("""
CREATE VIEW action_published_offer AS
    SELECT id, ref, version, country, status, visibility, request_id, expert_id
    FROM action_offer
""")
    grant("action_published_offer", "SELECT", "access")


def _counting() -> str:
    """What a statement appends to the counts, by kind of support."""

    def changes(*sources: tuple[str, int]) -> str:
        rows = " UNION ALL ".join(f"SELECT {_CELL}, {n} AS n FROM {source}" for source, n in sources)
        return f"""
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'support_request', visibility, status, country, category, sum(n) FROM ({rows}) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;"""

    return f"""
BEGIN
    IF TG_OP = 'INSERT' THEN {changes(("after", 1))}
    ELSIF TG_OP = 'DELETE' THEN {changes(("before", -1))}
    ELSE {changes(("after", 1), ("before", -1))}
    END IF;
    RETURN NULL;
END
"""


def _personal(more: str) -> None:
    """What actions stores about experts, for an export of everything about one."""
    run("DROP VIEW IF EXISTS action_published_personal")
    run(f"CREATE VIEW action_published_personal AS {_FOCAL_POINTS}{more}")
    grant("action_published_personal", "SELECT", "membership")


def _step(resource: str, table: str, status: str, verb: str) -> str:
    return f"""
    SELECT '{resource}' AS resource, id, ref, country, '{verb}' AS verb, NULL::timestamptz AS due,
        NULL::uuid AS account_id
    FROM {table} WHERE status = '{status}'"""


_EARLIER_WORK = " UNION ALL ".join(
    _step(*one)
    for one in (
        ("actions.programmes", "action_programme", "plan_review", "approve"),
        ("actions.actions", "action_action", "proposed", "approve"),
        ("actions.milestones", "action_milestone", "claimed", "verify"),
        ("actions.endorsements", "action_endorsement", "claimed", "verify"),
        ("actions.focal_points", "action_focal_point", "nominated", "accept"),
    )
)
_VERBS = "WHEN 'submitted' THEN 'accept' WHEN 'matching' THEN 'start' WHEN 'delivered' THEN 'confirm'"
_WORK = f"""
    UNION ALL
    SELECT 'actions.support_requests', id, ref, country, CASE status {_VERBS} ELSE 'submit' END,
        CASE WHEN status <> 'draft' THEN clock_target END, NULL
    FROM action_support_request
    WHERE status IN ('submitted', 'delivered') OR status = 'matching' AND clock_holder = 'secretariat'
        OR status = 'draft' AND clock_target IS NOT NULL
    UNION ALL
    SELECT 'actions.offers', o.id, o.ref, o.country, CASE o.status WHEN 'offered' THEN 'accept' ELSE 'deliver' END,
        CASE o.status WHEN 'offered' THEN (o.respond_by + time '23:59:59') AT TIME ZONE 'UTC' ELSE r.clock_target END,
        e.account_id
    FROM action_offer o JOIN action_support_request r ON r.id = o.request_id
        JOIN member_published_expert e ON e.id = o.expert_id
    WHERE e.account_id IS NOT NULL
        AND (o.status = 'offered' OR o.status = 'confirmed' AND r.status = 'in_delivery')
    UNION ALL
    SELECT 'actions.offers', o.id, o.ref, o.country, 'confirm', r.clock_target, NULL
    FROM action_offer o JOIN action_support_request r ON r.id = o.request_id WHERE o.status = 'accepted'"""


def _work(query: str) -> None:
    run("DROP VIEW action_published_work")
    run(f"CREATE VIEW action_published_work AS {query}")
    grant("action_published_work", "SELECT", "access")


def downgrade() -> None:
    for name, _ in document_indexes((_REQUESTS,)):
        run(f"DROP INDEX {name}")
    publish_documents("action", _EARLIER, _sources())
    close_documents(_REQUESTS)
    _work(_EARLIER_WORK)
    _personal("")
    run("""
DROP VIEW action_published_offer
--;
DROP TABLE action_offer, action_support_request
--;
DROP SEQUENCE action_offer_ref_seq, action_support_request_ref_seq
--;
DROP FUNCTION action_support_request_counted(), action_support_request_codes_follow()
--;
DELETE FROM action_tag WHERE kind = 'support_request'
""")
    for table in ("core_count_delta", "core_count_day", "core_count"):
        run(f"DELETE FROM {table} WHERE kind = 'support_request'")
