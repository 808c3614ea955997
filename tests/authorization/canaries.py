"""The requests of a caller of another country, whose responses are compared with and without the canary's rows."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from typing import Any
from urllib.parse import urlencode

from deploy.matrix.demands import Ask
from deploy.matrix.operations import Operation, operations
from services.actions.exchange.open_data.queries import PUBLISHED
from services.centres.register.open_data.datasets import PUBLISHED as OF_CENTRES
from services.membership.overview.open_data.datasets import PUBLISHED as OF_MEMBERSHIP
from shared.kernel.clock import today
from shared.open_data.domain import FORMATS
from tests.authorization.country_fixture import CountryFixture
from tests.support.centres import DOCUMENT

WORD = "canaryword"
_VALUES = {
    "q": WORD,
    "country": "XC",
    "region": "142",
    "visibility": "restricted",
    "updated_after": "2020-01-01",
    "updated_before": "2100-01-01",
    "email": f"{WORD}@example.org",
    "field": "1.5",
    "keyword": WORD,
    "domain": f"{WORD}.example",
    "theme": WORD,
    "code": "3+1/2026",
    "stage": "0",
    "by": "country,status",
    "affiliation": f"University {WORD}",
    "holder": "me",
    "category": "A08",
    "media_type": "text/plain",
    "scan": "not_scanned",
    "integrity": "not_checked",
    "sha256": sha256(WORD.encode()).hexdigest(),
}
"""Values that would match the canary's rows, by parameter; others are their state, or the word."""
_STATES = (
    "prospect", "submitted", "proposed", "dissolved", "appointed", "draft", "under_review", "drafting", "exploring",
    "pending", "invited", "published", "claimed", "logged", "active", "nominated", "held", "ended",
    "available", "planned", "current",
)  # fmt: skip
_DATASETS = {one.resource.service: one.datasets for one in (PUBLISHED, OF_CENTRES, OF_MEMBERSHIP)}
_CONTROLS = {"limit", "cursor", "sort", "fields", "include", "format", "after", "type", "as_of"}
_FACES = ({"include": "total_estimate"}, {"format": "csv"}, {"format": "ndjson"}, {"limit": "1"}, {"limit": "3"})
_SORTS = ("id", "created_at", "updated_at", "display_name", "code")


def lists() -> Iterator[tuple[str, str]]:
    """Service and address of every list and count, with every filter, sort and form of response."""
    for operation in operations():
        if operation.method == "GET" and _is_list(operation):
            for path in _paths(operation.path):
                yield from ((operation.service, f"{path}?{urlencode(query)}") for query in _queries(operation.queries))


def plain_lists() -> Iterator[tuple[str, str]]:
    """Service and address of every list and count, each once and without parameters."""
    known = dict.fromkeys((service, address.partition("?")[0]) for service, address in lists())
    yield from known


def _paths(path: str) -> Iterator[str]:
    """The path of the canary's country, of a vocabulary, and of each file of open data."""
    path = path.replace("{code}", "XC").replace("{vocabulary}", "states")
    if "{name}" not in path:
        yield path
    else:
        for name, file_format in product(_DATASETS[path.split("/")[1]], FORMATS):
            yield path.replace("{name}", name).replace("{file_format}", file_format)


def _is_list(operation: Operation) -> bool:
    asks = operation.demand.ask in (Ask.NOTHING, Ask.SIGNED_IN)
    of_records = operation.path.startswith(f"/{operation.service}/v1/") and not operation.path.endswith("z")
    return asks and of_records and operation.id not in ("listEvents", "listEventTypes", "getMe")


def _queries(names: frozenset[str]) -> Iterator[dict[str, str]]:
    filters = [{name: _VALUES.get(name, WORD)} for name in sorted(names - _CONTROLS - {"status"})]
    yield from filters
    yield from ({"status": state} for state in _STATES if "status" in names)
    for chosen in ({}, *(found for found in filters if found.keys() & {"q", "country"})):
        yield chosen
        yield from ({**chosen, **face} for face in _FACES if face.keys() <= names)
    if "sort" in names:
        yield from ({"sort": f"{sign}{sort}", "limit": "2"} for sort in _SORTS for sign in ("", "-"))


_SERVICE = {
    **dict.fromkeys(("declarations", "consents", "congresses", "participations", "supports"), "membership"),
    **dict.fromkeys(("centres", "committees", "seats", "agreements", "partnerships"), "centres"),
    **dict.fromkeys(("committee_meetings", "decisions", "evaluations"), "centres"),
}
"""The service of each kind whose bodies name records; `actions` for the others."""


_COMMON = (
    "frameworks", "initiatives", "networks", "notices", "periods", "report_templates", "progress_report_templates",
    "schemes",
)  # fmt: skip
"""Kinds whose records belong to no country."""


def traces(country_fixture: CountryFixture) -> set[str]:
    """Texts that disclose the canary: its word, and the ids and refs of its records."""
    ids = {str(record[key]) for record in country_fixture.records.values() for key in ("id", "ref") if record.get(key)}
    public = {str(country_fixture.records[plural][key]) for plural in _COMMON for key in ("id", "ref")}
    return {WORD} | (ids - public)


def references(country_fixture: CountryFixture, own: CountryFixture) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """Service, path, body and field of references to a record of the canary's, next to the caller's own."""
    place = {"country": own.country, "visibility": "restricted"}
    names, host, period = {"en": "Own"}, own.id("institutions"), own.id("periods")
    measured = {"value": "1", "method": "measured"}
    titled = {"starts": "2026-01-01", "titles": names, **place}
    seat = {"committee_id": "", "person": {"name": "x"}, "office": "member", "from": "2026-01-01"}
    agreement = {"centre_id": "", "kind": "mou", "parties": [{"name": "a"}, {"name": "b"}], "document": DOCUMENT}
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("centres", "host_institution_id institutions", {"names": names, **place}),
        ("centres", "director_id experts", {"names": names, "host_institution_id": host, **place}),
        ("centres", "committee_id committees", {"names": names, "host_institution_id": host, **place}),
        ("committees", "host_institution_id institutions", {"names": names, **place}),
        ("seats", "committee_id committees", seat),
        ("committee_meetings", "committee_id committees", {"kind": "online", "starts": "2026-11-01"}),
        ("decisions", "meeting_id committee_meetings", {"titles": names}),
        ("evaluations", "centre_id centres", {"kind": "special"}),
        ("agreements", "centre_id centres", agreement),
        ("partnerships", "centre_id centres", {"partner": {"institution_id": host}, "kind": "data"}),
        ("programmes", "committee_id committees", {"framework": "3+1/2026", **place}),
        ("programmes", "centre_id centres", {"framework": "3+1/2026", **place}),
        ("programmes", "lead_body_id government_bodies", {"framework": "3+1/2026", **place}),
        ("actions", "programme_id programmes", {"pillar": "core", "titles": names}),
        ("milestones", "action_id actions", {"titles": names, "due": "2027-01-31"}),
        ("declarations", "expert_id experts", {"year": today().year, "notice_version": "2026"}),
        ("consents", "expert_id experts", {"purpose": "contact", "notice_version": "2026", "language": "en"}),
        ("congresses", "host_institution_id institutions", {"code": "OWN-1", "mode": "onsite", **titled}),
        ("participations", "congress_id congresses", {"expert_id": own.id("experts")}),
        ("participations", "expert_id experts", {"congress_id": own.id("congresses")}),
        ("supports", "expert_id experts", {"initiative_id": own.open_initiative}),
        ("targets", "indicator_id indicators", {"period_id": period, "country": own.country, "value": "1"}),
        ("targets", "action_id actions", {"period_id": period, "indicator_id": own.id("indicators"), "value": "1"}),
        ("results", "indicator_id indicators", {"period_id": period, "country": own.country, **measured}),
        ("results", "action_id actions", {"period_id": period, "indicator_id": own.id("indicators"), **measured}),
        ("reports", "programme_id programmes", {"period_id": period}),
        ("endorsements", "body_id government_bodies", {"level": 1, **place}),
        ("focal_points", "body_id government_bodies", {"person": {"name": "x"}, **place}),
        *(
            ("support_requests", f"{field}_id {field}s", {"titles": names, "need": names, "kind": "data", **place})
            for field in ("programme", "action", "centre")
        ),
    ]
    for plural, reference, body in bodies:
        field, named = reference.split()
        service = _SERVICE.get(plural, "actions")
        yield service, f"/{service}/v1/{plural}", {**body, field: country_fixture.id(named)}, field
    yield from _nested(country_fixture, own)
    path = f"/membership/v1/experts/{own.id('experts')}/affiliations"
    yield "membership", path, {"institution_id": country_fixture.id("institutions")}, "institution_id"


def _nested(country_fixture: CountryFixture, own: CountryFixture) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """References nested in the body: the field is a JSON pointer."""
    committee = {"names": {"en": "Own"}, "country": own.country, "visibility": "restricted"}
    partners = {**committee, "partner_institution_ids": [country_fixture.id("institutions")]}
    yield "centres", "/centres/v1/committees", partners, "partner_institution_ids/0"
    person = {"expert_id": country_fixture.id("experts")}
    seat = {"committee_id": own.id("committees"), "person": person, "office": "member", "from": "2026-01-01"}
    yield "centres", "/centres/v1/seats", seat, "person/expert_id"
    meeting = {"committee_id": own.id("committees"), "kind": "online", "starts": "2026-11-01"}
    for name in ("present", "apologies"):
        yield "centres", "/centres/v1/committee_meetings", {**meeting, name: [country_fixture.id("seats")]}, f"{name}/0"
    decision = {"meeting_id": own.id("committee_meetings"), "titles": {"en": "Own"}}
    about = [{"kind": "centres", "id": country_fixture.id("centres")}]
    yield "centres", "/centres/v1/decisions", {**decision, "about": about}, "about/0/id"
    panel = {"centre_id": own.id("centres"), "kind": "special", "panel": [person]}
    yield "centres", "/centres/v1/evaluations", panel, "panel/0/expert_id"
    parties = [{"name": "a", "institution_id": country_fixture.id("institutions")}, {"name": "b"}]
    reviewer = {"expert_id": country_fixture.id("experts"), "due": "2027-01-31"}
    yield "centres", f"/centres/v1/centres/{own.id('centres')}/reviewers", reviewer, "expert_id"
    agreement = {"centre_id": own.id("centres"), "kind": "mou", "parties": parties, "document": DOCUMENT}
    yield "centres", "/centres/v1/agreements", agreement, "parties/0/institution_id"
    for plural, member in (("centres", "centre_id"), ("institutions", "institution_id")):
        partnership = {"centre_id": own.id("centres"), "partner": {member: country_fixture.id(plural)}, "kind": "data"}
        yield "centres", "/centres/v1/partnerships", partnership, f"partner/{member}"
    subject = {"resource": "membership.participations", "id": country_fixture.id("experts")}
    certificate = {"kind": "participation", "holder": person, "subject": subject}
    yield "membership", "/membership/v1/certificates", certificate, "holder/expert_id"
    found = {"completion": "limited", "text": {"en": "Own"}, "date": "2026-03-01", "period_id": own.id("periods")}
    assessor, assessed = {"name": "x"}, {"kind": "programme", "id": own.id("programmes")}
    for plural in ("programmes", "actions", "milestones", "centres"):
        hidden = {"kind": plural.removesuffix("s"), "id": country_fixture.id(plural)}
        body = {**found, "assessor": assessor, "subject": hidden}
        yield "actions", "/actions/v1/assessments", body, "subject/id"
    yield "actions", "/actions/v1/assessments", {**found, "assessor": person, "subject": assessed}, "assessor/expert_id"
    yield "actions", "/actions/v1/calendars", {"programme_id": country_fixture.id("programmes")}, "programme_id"
    followed = {"country": own.country, "titles": {"en": "Own"}, "due": "2090-01-01"}
    for kind, plural in (("meeting", "meetings"), ("milestone", "milestones"), ("correspondence", "correspondence")):
        about = {"kind": kind, "id": country_fixture.id(plural)}
        yield "actions", "/actions/v1/tasks", {**followed, "about": about}, "about/id"
    action = {"programme_id": own.id("programmes"), "pillar": "core", "titles": {"en": "Own"}}
    participants = [{"institution_id": country_fixture.id("institutions"), "role": 1}]
    yield "actions", "/actions/v1/actions", {**action, "participants": participants}, "participants"
