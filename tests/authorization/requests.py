"""One request for each operation of the contract, which only the caller's permissions can cause to fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import choices
from string import ascii_lowercase
from typing import Any
from uuid import UUID, uuid4

from deploy.matrix.operations import Operation, operations
from services.actions.reporting.evidence.tickets import signed_address
from services.membership.certificates.links.tickets import file_link
from shared.configuration.settings import DEVELOPMENT_SECRET
from shared.kernel.clock import now, to_text, today
from tests.authorization.collaboration import comment_of, contribution_of, edition_of, figure_of, round_of
from tests.authorization.country_fixture import ADMIN, INDICATOR, PERIOD, CountryFixture, rule_of
from tests.authorization.identities import provider_body
from tests.authorization.kinds import DATASETS, FIXED_BODIES, named
from tests.authorization.parts_of_actions import asked
from tests.authorization.plain import body_of
from tests.support.callers import CALLERS
from tests.support.centres import DOCUMENT, sections

_numbers = count(1)
_MAPPING = {"from": {"scheme": "ness", "code": "law"}, "to": {"scheme": "sdg", "code": "16"}, "relation": "related"}
_REVIEW = {
    "scores": {"relevance": 5, "capacity": 4, "governance": 3, "plan": 4},
    "recommendation": "designate",
}


@dataclass(frozen=True)
class Request:
    """The content of a request. `item` is the address whose ETag a change uses."""

    method: str
    path: str
    json: Any = None
    item: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Started:
    """The jobs of the administrator: addresses of an import, an export and a job."""

    import_id: str
    export_id: str
    job_id: str


def _place(country_fixture: CountryFixture) -> dict[str, Any]:
    return {"country": country_fixture.country, "visibility": "restricted"}


def _name(country_fixture: CountryFixture) -> str:
    return f"Entered {country_fixture.word} {next(_numbers)}"


def _code(country_fixture: CountryFixture) -> str:
    """The code of a certificate."""
    return str(country_fixture.records["certificates"]["code"])


BODIES: dict[str, Callable[[CountryFixture], dict[str, Any]]] = {
    "createExpert": lambda country_fixture: {
        "names": [{"full": _name(country_fixture)}],
        "emails": [{"value": f"{uuid4().hex}@example.org"}],
        "country": country_fixture.country,
    },
    "bulkTransitionExperts": lambda country_fixture: {
        "action": "start_review",
        "items": [{"id": country_fixture.id("experts"), "version": 1}],
    },
    "bulkTransitionSupports": lambda country_fixture: {
        "action": "verify",
        "items": [{"id": country_fixture.id("supports"), "version": 1}],
    },
    "bulkTransitionResults": lambda country_fixture: {
        "action": "submit",
        "items": [{"id": country_fixture.id("results"), "version": 1}],
    },
    "validateResults": lambda country_fixture: {
        "country": country_fixture.country,
        "period_id": country_fixture.id("periods"),
    },
    "exportExpertSubject": lambda _country_fixture: {},
    "requestExpertErasure": lambda country_fixture: {"reason": country_fixture.word},
    "beginExpertOrcidLink": lambda _country_fixture: {},
    "completeExpertOrcidLink": lambda _country_fixture: {"code": "x", "state": uuid4().hex},
    "importExpertOrcid": lambda _country_fixture: {},
    "createExpertAffiliation": lambda country_fixture: {"raw": _name(country_fixture)},
    "createIdentityProvider": provider_body,
    "createNotice": lambda country_fixture: {
        "purpose": "listing",
        "notice_version": uuid4().hex[:20],
        "texts": {"en": _name(country_fixture)},
    },
    "createCertificateTemplate": lambda country_fixture: {
        "kind": "authorship",
        "titles": {"en": country_fixture.word},
        "bodies": {"en": "For {holder}"},
    },
    "createAnnualReport": lambda country_fixture: {
        "centre_id": country_fixture.id("centres"),
        "year": 2023,
        "due": "2100-12-31",
    },
    "createEvaluation": lambda country_fixture: {"centre_id": country_fixture.id("centres"), "kind": "special"},
    "createEvaluationScore": lambda _country_fixture: {"scores": {"reach": 4}},
    "confirmCentreProfile": lambda _country_fixture: {},
    "createNetwork": lambda _: {"code": f"W-{uuid4().hex[:12].upper()}", "titles": {"en": "A network"}},
    "createPartnership": lambda country_fixture: {
        "centre_id": country_fixture.id("centres"),
        "partner": {"network_id": country_fixture.id("networks")},
        "kind": "member",
    },
    "createProgressReportTemplate": lambda country_fixture: {
        "framework": country_fixture.records["frameworks"]["code"],
        "version": uuid4().hex,
        "titles": {"en": country_fixture.word},
        "sections": asked(country_fixture.word),
    },
    "orderReportPdf": lambda _country_fixture: {},
    "createDelegation": lambda country_fixture: {
        "account_id": country_fixture.id("accounts"),
        "sections": ["overview"],
    },
    "createReportComment": lambda country_fixture: {"section": "overview", "text": _name(country_fixture)},
    "createReportTemplate": lambda country_fixture: {
        "kind": "final_report",
        "version": uuid4().hex,
        "titles": {"en": country_fixture.word},
        "sections": sections(),
    },
    "createRetentionRule": lambda country_fixture: {
        "resource": "consents",
        "after": "P90Y",
        "action": "delete",
        "basis": _name(country_fixture),
    },
    "createDeclaration": lambda country_fixture: {
        "expert_id": country_fixture.id("experts"),
        "year": today().year,
        "notice_version": "2026",
    },
    "createConsent": lambda country_fixture: {
        "expert_id": country_fixture.id("experts"),
        "purpose": "contact",
        "notice_version": "2026",
        "language": "en",
        "proof": {"channel": "paper"},
    },
    "createCongress": lambda country_fixture: {
        "code": f"C-{uuid4().hex[:20].upper()}",
        "titles": {"en": _name(country_fixture)},
        "starts": "2026-01-01",
        "mode": "onsite",
        **_place(country_fixture),
    },
    "createCertificate": lambda country_fixture: {
        "kind": "participation",
        "holder": {"expert_id": country_fixture.id("experts")},
        "subject": {"resource": "membership.participations", "id": country_fixture.id("participations")},
    },
    "bulkIssueCertificates": lambda country_fixture: {"kind": "membership", "items": [country_fixture.id("experts")]},
    "mailCertificates": lambda _country_fixture: {"email": f"{uuid4().hex}@example.org"},
    "checkCertificate": lambda country_fixture: {"code": _code(country_fixture)},
    "createInitiative": lambda country_fixture: {
        "code": f"W-{uuid4().hex[:12].upper()}",
        "titles": {"en": _name(country_fixture)},
        "visibility": "restricted",
    },
    "signInitiative": lambda country_fixture: {
        "name": _name(country_fixture),
        "email": f"{uuid4().hex}@example.org",
        "country": country_fixture.country,
        "capacity": "personal",
    },
    "createSupport": lambda country_fixture: {
        "initiative_id": country_fixture.open_initiative,
        "expert_id": country_fixture.id("experts"),
    },
    **dict.fromkeys(("confirmSupport", "withdrawSupport"), lambda _country_fixture: {"token": uuid4().hex}),
    "createBroadcast": lambda country_fixture: {
        "subjects": {"en": _name(country_fixture)},
        "texts": {"en": _name(country_fixture)},
        "segment": {"country": country_fixture.country},
        "purpose": "outreach",
    },
    "createCall": lambda country_fixture: {
        "code": f"C-{uuid4().hex[:20].upper()}",
        "kind": "committee",
        "titles": {"en": _name(country_fixture)},
        "opens": "2026-01-01T00:00:00Z",
        "nominee_deadline": "2090-01-01T00:00:00Z",
        "nominator_deadline": "2090-01-01T00:00:00Z",
        "criteria": [{"key": "merit", "titles": {"en": "Merit"}}],
        "seats": 1,
        **_place(country_fixture),
    },
    "reportError": lambda country_fixture: {
        "record": f"/actions/v1/countries/{country_fixture.country}",
        "text": _name(country_fixture),
    },
    "createEdition": edition_of,
    "createContribution": contribution_of,
    "createReviewRound": round_of,
    "createComment": comment_of,
    "createContributionReviewer": lambda country_fixture: {"expert_id": country_fixture.reviewer, "round": 1},
    "createFigure": figure_of,
    "createEditionBuild": lambda _country_fixture: {"kind": "proof"},
    "createContributionErratum": lambda country_fixture: {
        "version": 2,
        "severity": "minor",
        "texts": {"en": country_fixture.word},
    },
    "createContributionVersion": lambda country_fixture: {"body": country_fixture.word},
    **dict.fromkeys(("confirmAuthorship", "previewAuthorship"), lambda _country_fixture: {"token": uuid4().hex}),
    "createNomination": lambda country_fixture: {
        "call_id": country_fixture.id("calls"),
        "nominator": {"name": _name(country_fixture), "email": f"{uuid4().hex}@example.org"},
    },
    "createNominationScore": lambda _country_fixture: {"scores": {"merit": 5}},
    "confirmNomination": lambda _country_fixture: {"token": uuid4().hex, "decision": "confirm"},
    "previewNominationConfirmation": lambda _country_fixture: {"token": uuid4().hex},
    "reportBounce": lambda _country_fixture: {"message_id": str(uuid4()), "kind": "soft"},
    "unsubscribe": lambda _country_fixture: {},
    "createInstitution": lambda country_fixture: {
        "names": [{"value": _name(country_fixture), "language": "en", "types": ["ror_display"]}],
        **_place(country_fixture),
    },
    "createMerge": lambda country_fixture: {
        "resource": "experts",
        "winner_id": country_fixture.id("experts"),
        "loser_id": country_fixture.id("experts"),
    },
    "searchDuplicates": lambda country_fixture: {"resource": "institutions", "whole": False},
    "createExport": lambda country_fixture: {"resource": "experts"},
    "createSeat": lambda country_fixture: {
        "committee_id": country_fixture.id("committees"),
        "person": {"name": _name(country_fixture)},
        "office": "member",
        "from": "2026-01-01",
    },
    "createCentreReview": lambda country_fixture: {"reviewer_id": country_fixture.id("peers"), **_REVIEW},
    "createCentreReviewer": lambda country_fixture: {"expert_id": country_fixture.id("peers"), "due": "2027-01-31"},
    "decideReviewerInvitation": lambda _country_fixture: {"token": uuid4().hex, "decision": "accept"},
    "createAgreement": lambda country_fixture: {
        "centre_id": country_fixture.id("centres"),
        "kind": "mou",
        "parties": [{"name": _name(country_fixture)}, {"name": "The network"}],
        "document": DOCUMENT,
    },
    "createFramework": lambda country_fixture: {
        "code": f"w{next(_numbers)}/2026",
        "core": {"titles": {"en": _name(country_fixture)}},
        "pillars": [{"key": f"action-{n}", "titles": {"en": "x"}, "order": n} for n in (1, 2, 3)],
        "valid_from": "2026-01-01",
    },
    "createProgramme": lambda country_fixture: {"framework": "3+1/2026", **_place(country_fixture)},
    "createIndicator": lambda country_fixture: {
        "code": f"W-{uuid4().hex[:12]}",
        "country": country_fixture.country,
        "titles": {"en": _name(country_fixture)},
        **INDICATOR,
    },
    "createValidationRule": lambda country_fixture: {
        "country": country_fixture.country,
        "titles": {"en": _name(country_fixture)},
        **rule_of(country_fixture.id("indicators")),
    },
    "createPeriod": lambda _country_fixture: {"framework": "3+1/2026", "code": "2026", **PERIOD},
    "createPeriodExtension": lambda country_fixture: {
        "country": country_fixture.country,
        "until": today().isoformat(),
        "reason": _name(country_fixture),
    },
    "createTarget": lambda country_fixture: {
        "indicator_id": country_fixture.id("indicators"),
        "period_id": country_fixture.id("periods"),
        "country": country_fixture.country,
        "value": "1",
    },
    "createResult": lambda country_fixture: {**BODIES["createTarget"](country_fixture), "method": "measured"},
    "copyIndicator": lambda country_fixture: {"country": country_fixture.country, "code": "COPY"},
    "reviseResult": lambda country_fixture: {"reason": _name(country_fixture)},
    "createAssessment": lambda country_fixture: {
        "subject": {"kind": "programme", "id": country_fixture.id("programmes")},
        "period_id": country_fixture.id("periods"),
        "completion": "limited",
        "assessor": {"name": _name(country_fixture)},
        "text": {"en": _name(country_fixture)},
        "date": "2026-03-01",
        "visibility": "restricted",
    },
    **{name: lambda _, body=body: body for name, body in FIXED_BODIES.items()},
    "createEndorsement": lambda country_fixture: {
        "level": 1,
        "body": {"name": _name(country_fixture), "kind": "ministry"},
        **_place(country_fixture),
    },
    "createCorrespondence": lambda country_fixture: {
        "direction": "in",
        "subject": _name(country_fixture),
        "date": "2026-03-01",
        **_place(country_fixture),
    },
    "createFocalPoint": lambda country_fixture: {"person": {"name": _name(country_fixture)}, **_place(country_fixture)},
    "createScheme": lambda country_fixture: {
        "code": "".join(choices(ascii_lowercase, k=12)),
        "edition": "1",
        "titles": {"en": _name(country_fixture)},
        "source": "https://example.org/scheme",
    },
    "storeSchemeCodes": lambda _country_fixture: [{"code": uuid4().hex, "titles": {"en": "Soil"}}],
    "storeSchemeMappings": lambda _country_fixture: [_MAPPING],
    "storeMapping": lambda _country_fixture: _MAPPING,
    "recordSchemeStates": lambda _country_fixture: {
        "assessment": uuid4().hex,
        "published_on": "2026-01-01",
        "source": DOCUMENT,
        "states": [{"code": "soil", "status": "within"}],
    },
    "createOffer": lambda country_fixture: {"expert_id": country_fixture.id("peers")},
    "createAccount": lambda country_fixture: {
        "email": f"{uuid4().hex}@example.org",
        "name": _name(country_fixture),
        "country": country_fixture.country,
    },
    "createGrant": lambda country_fixture: {
        "principal": {"kind": "account", "id": country_fixture.id("accounts")},
        "role": "national_author",
        "scope_kind": "country",
        "scope_id": country_fixture.country,
    },
    "delegateGrant": lambda country_fixture: {
        **BODIES["createGrant"](country_fixture),
        **_ANOTHER,
        "delegated_from": country_fixture.id("grants"),
    },
    "createClient": lambda country_fixture: {
        "name": _name(country_fixture),
        "scope_kind": "country",
        "scope_id": country_fixture.country,
        "resources": ["membership.*"],
        "verbs": ["read"],
        "secret": True,
    },
    "addClientSecret": lambda country_fixture: {},
    "createWebhook": lambda fixture: {"name": _name(fixture), "url": "https://receiver.example/in", "types": ["*"]},
    "replayWebhook": lambda fixture: {"from": to_text(now() - timedelta(hours=1))},
    "createApiKey": lambda fixture: {"name": _name(fixture), "resources": ["membership.*"], "verbs": ["read"]},
    "createFactor": lambda fixture: {"kind": "totp", "name": _name(fixture)},
    **dict.fromkeys(("readNotification", "readAllNotifications"), lambda _country_fixture: {}),
    "claimExpert": lambda country_fixture: {"token": uuid4().hex},
    "registerAccount": lambda country_fixture: {"email": f"{uuid4().hex}@example.org", "name": _name(country_fixture)},
    **dict.fromkeys(("requestVerification", "requestPasswordReset"), lambda _: {"email": f"{uuid4().hex}@example.org"}),
    **dict.fromkeys(("confirmVerification", "confirmOwnEmail", "refuseEmailChange"), lambda _: {"token": uuid4().hex}),
    "changeOwnPassword": lambda country_fixture: {"old_password": uuid4().hex, "new_password": uuid4().hex},
    "changeOwnEmail": lambda country_fixture: {"password": uuid4().hex, "email": f"{uuid4().hex}@example.org"},
    "confirmPasswordReset": lambda country_fixture: {"token": uuid4().hex, "password": uuid4().hex},
}
_QUERIES = {"matchInstitution": "?affiliation=University", "unsubscribe": "?token=unknown"}
_PARTS = {"delegations": "delegations", "comments": "report_comments"}
"""The kinds of the parts of reports, by their names in addresses."""
_CONSTANTS = {"{name}": "3+1", "{purpose}": "revocation", "{number}": "0", "{year}": "2026", "{vocabulary}": "states"}
_TOKEN = ("createToken", "revokeToken", "introspectToken")
_STEP = {"action": "no_such_step"}
_ANOTHER = {"principal": {"kind": "account", "id": str(uuid4())}}
_HAND_OVER = {"action": "hand_over", "fields": {**_ANOTHER, "to": "some day"}}
"""The last day is invalid; that is checked after the caller's permissions."""
FILES: Mapping[str, Mapping[str, Any]] = {
    service: {"files": {"file": ("list.csv", content, "text/csv")}, "data": {"resource": resource}}
    for service, resource, content in (
        ("membership", "experts", b"full_name,country\nSana Sample,XA\n"),
        ("centres", "annual_reports", b"registration_number,year\nESNRC-XA-01,2019\n"),
        ("actions", "results", b"indicator,country\nLAND,XA\n"),
    )
}
"""A file to import, by service."""
_IMPORTS = ("createImport", "createCentresImport", "createActionsImport")


def request_for(operation: Operation, country_fixture: CountryFixture, started: Started) -> Request:
    """The request, with a body from here or, where any valid one does, from the description."""
    path = _filled(operation, country_fixture, started)
    item = path.removesuffix("/transitions")
    if operation.id in _TOKEN:
        return Request("POST", path, more={"data": {"token": "x"}})
    if operation.id in (*_IMPORTS, "createEvidence"):
        is_import = operation.id in _IMPORTS
        return Request("POST", path, more=FILES[operation.service] if is_import else _evidence(country_fixture))
    if operation.method == "PATCH":
        return Request("PATCH", path, {}, item)
    if operation.method == "POST" and operation.path.endswith("/transitions"):
        return Request("POST", path, _HAND_OVER if operation.id == "handOverGrant" else _STEP, item)
    if operation.method == "POST":
        return Request("POST", path, _body(operation, country_fixture))
    return Request(operation.method, path, item=item if operation.method == "DELETE" else None)


def _body(operation: Operation, country_fixture: CountryFixture) -> dict[str, Any]:
    if operation.resource == "exports":
        return {"resource": FILES[operation.service]["data"]["resource"]}
    is_decision = operation.path.endswith("/{pending_id}")
    return {"decision": "some day"} if is_decision else body_for(operation.id, country_fixture)


def body_for(name: str, country_fixture: CountryFixture) -> Any:
    """The body of the operation with this name that creates something; empty if there is none, or if it takes none."""
    if name in BODIES:
        return BODIES[name](country_fixture)
    found = next((each for each in operations() if each.id == name and each.method == "POST"), None)
    return body_of(found, country_fixture.country, _name(country_fixture), country_fixture.id_at) if found else {}


def _codes(operation: Operation, country_fixture: CountryFixture) -> str:
    if operation.id == "verifyCertificate":
        return _code(country_fixture)
    return "not_found" if operation.service == "portal" else country_fixture.country


def _evidence(country_fixture: CountryFixture) -> dict[str, Any]:
    """A form with a file."""
    form = {"title": _name(country_fixture), "country": country_fixture.country}
    return {"files": {"file": ("minutes.txt", b"Minutes", "text/plain")}, "data": form}


def _ticket(plural: str, country_fixture: CountryFixture) -> str:
    """A ticket for the file of a certificate, or the administrator's for a file of evidence."""
    secret = DEVELOPMENT_SECRET.encode()
    if plural == "certificates":
        return file_link(secret, UUID(country_fixture.id("certificates"))).rpartition("/")[2]
    file, until = country_fixture.records["evidence"], now() + timedelta(hours=1)
    return signed_address(secret, UUID(file["id"]), file["sha256"], CALLERS[ADMIN], until).rpartition("/")[2]


def _filled(operation: Operation, country_fixture: CountryFixture, started: Started) -> str:
    parts = operation.path.split("/")
    plural = named(parts[1], parts[3]) if len(parts) > 3 else ""
    record = started.import_id if plural == "imports" else country_fixture.records.get(plural, {}).get("id", "")
    values = {
        **dict.fromkeys(("{record}", "{session}", "{authorization}", "{identity}", "{notification}"), record),
        "{pending_id}": country_fixture.records.get(f"pending_{plural}", {}).get("id", ""),
        "{affiliation}": country_fixture.id("affiliations"),
        "{review_id}": country_fixture.id("reviews"),
        "{score_id}": country_fixture.id("evaluation_scores" if plural == "evaluations" else "scores"),
        "{version}": "1",
        "{build}": "1",
        "{erratum}": "1",
        "{file}": "report.pdf",
        "{image}": "image.png",
        "{offer}": country_fixture.id("offers"),
        "{comment}": country_fixture.id("task_comments"),
        "{part}": country_fixture.records.get(_PARTS.get(parts[5], ""), {}).get("id", "") if len(parts) > 5 else "",
        "{key}": "pillars" if "{item}" in parts else "overview",
        "{item}": "action-1",
        "{message}": country_fixture.records.get(f"messages of {plural}", {}).get("id", ""),
        "{job}": started.job_id,
        "{export}": started.export_id,
        "{code}": _codes(operation, country_fixture),
        "{ref}.xml": f"{country_fixture.activity}.xml",
        "{ref}.pdf": f"{country_fixture.report}.pdf",
        "{name}.{file_format}": f"{DATASETS.get(operation.service)}.csv",
        "{evidence}": country_fixture.document,
        "{ticket}": _ticket(plural, country_fixture),
        **_CONSTANTS,
    }
    if operation.id == "getCalendarFeed":
        return str(country_fixture.records["feeds"]["url"])
    filled = "/".join(values.get(part, part) for part in parts)
    if operation.id == "getResultTemplate":
        return f"{filled}?country={country_fixture.country}&period={country_fixture.id('periods')}"
    return f"{filled}{_QUERIES.get(operation.id, '')}"
