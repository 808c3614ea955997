"""One request for each operation of the contract: such that nothing but the caller's rights can refuse it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from deploy.matrix.operations import Operation
from tests.support.centres import DOCUMENT
from tests.walls.land import Land

_numbers = count(1)
_REVIEW = {
    "scores": {"relevance": 5, "capacity": 4, "governance": 3, "plan": 4},
    "recommendation": "designate",
}


@dataclass(frozen=True)
class Request:
    """What is sent. `item` is the address whose ETag a change takes."""

    method: str
    path: str
    json: Any = None
    item: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Started:
    """What the administrator has started: addresses of an import, an export and a job."""

    import_id: str
    export_id: str
    job_id: str


def _place(land: Land) -> dict[str, Any]:
    return {"country": land.country, "visibility": "restricted"}


def _name(land: Land) -> str:
    return f"Entered {land.word} {next(_numbers)}"


BODIES: dict[str, Callable[[Land], dict[str, Any]]] = {
    "createExpert": lambda land: {
        "names": [{"full": _name(land)}],
        "emails": [{"value": f"{uuid4().hex}@example.org"}],
        "country": land.country,
    },
    "bulkTransitionExperts": lambda land: {
        "action": "start_review",
        "items": [{"id": land.id("experts"), "version": 1}],
    },
    "exportExpertSubject": lambda _land: {},
    "createExpertAffiliation": lambda land: {"raw": _name(land)},
    "createInstitution": lambda land: {
        "names": [{"value": _name(land), "language": "en", "types": ["ror_display"]}],
        **_place(land),
    },
    "createMerge": lambda land: {
        "resource": "experts",
        "winner_id": land.id("experts"),
        "loser_id": land.id("experts"),
    },
    "searchDuplicates": lambda land: {"resource": "institutions", "whole": False},
    "createExport": lambda land: {"resource": "experts"},
    "createCommittee": lambda land: {"names": {"en": _name(land)}, **_place(land)},
    "createSeat": lambda land: {
        "committee_id": land.id("committees"),
        "person": {"name": _name(land)},
        "office": "member",
        "from": "2026-01-01",
    },
    "createCentre": lambda land: {
        "names": {"en": _name(land)},
        "host_institution_id": land.id("institutions"),
        **_place(land),
    },
    "createCentreReview": lambda land: {"reviewer_id": land.id("reviewers"), **_REVIEW},
    "createAgreement": lambda land: {
        "centre_id": land.id("centres"),
        "kind": "mou",
        "parties": [{"name": _name(land)}, {"name": "The network"}],
        "document": DOCUMENT,
    },
    "createFramework": lambda land: {
        "code": f"w{next(_numbers)}/2026",
        "core": {"titles": {"en": _name(land)}},
        "pillars": [{"key": f"action-{n}", "titles": {"en": "x"}, "order": n} for n in (1, 2, 3)],
        "valid_from": "2026-01-01",
    },
    "createProgramme": lambda land: {"framework": "3+1/2026", **_place(land)},
    "createAction": lambda land: {
        "programme_id": land.id("programmes"),
        "pillar": "core",
        "titles": {"en": _name(land)},
    },
    "createMilestone": lambda land: {
        "action_id": land.id("actions"),
        "titles": {"en": _name(land)},
        "due": "2027-01-31",
    },
    "createEndorsement": lambda land: {
        "level": 1,
        "body": {"name": _name(land), "kind": "ministry"},
        **_place(land),
    },
    "createCorrespondence": lambda land: {
        "direction": "in",
        "subject": _name(land),
        "date": "2026-03-01",
        **_place(land),
    },
    "createGovernmentBody": lambda land: {"names": {"en": _name(land)}, "kind": "ministry", **_place(land)},
    "createFocalPoint": lambda land: {"person": {"name": _name(land)}, **_place(land)},
    "createMeeting": lambda land: {
        "kind": "online",
        "titles": {"en": _name(land)},
        "date": "2026-03-01",
        **_place(land),
    },
    "createAccount": lambda land: {"email": f"{uuid4().hex}@example.org", "name": _name(land)},
    "createGrant": lambda land: {
        "principal": {"kind": "account", "id": land.id("accounts")},
        "role": "national_author",
        "scope_kind": "country",
        "scope_id": land.country,
    },
    "delegateGrant": lambda land: {**BODIES["createGrant"](land), **_ANOTHER, "delegated_from": land.id("grants")},
    "createClient": lambda land: {
        "name": _name(land),
        "scope_kind": "country",
        "scope_id": land.country,
        "resources": ["membership.*"],
        "verbs": ["read"],
        "secret": True,
    },
    "addClientSecret": lambda land: {},
    "createApiKey": lambda land: {"name": _name(land), "resources": ["membership.*"], "verbs": ["read"]},
    "requestVerification": lambda land: {"email": f"{uuid4().hex}@example.org"},
    "requestPasswordReset": lambda land: {"email": f"{uuid4().hex}@example.org"},
    "confirmVerification": lambda land: {"token": uuid4().hex},
    "changeOwnPassword": lambda land: {"old_password": uuid4().hex, "new_password": uuid4().hex},
    "confirmPasswordReset": lambda land: {"token": uuid4().hex, "password": uuid4().hex},
}
_TOKEN = ("createToken", "revokeToken", "introspectToken")
_STEP = {"action": "no_such_step"}
_ANOTHER = {"principal": {"kind": "account", "id": str(uuid4())}}
_HAND_OVER = {"action": "hand_over", "fields": {**_ANOTHER, "to": "some day"}}
"""The last day is none, which is seen after everything that has to do with the caller's rights."""
_FILE = {"files": {"file": ("list.csv", b"full_name,country\n", "text/csv")}, "data": {"resource": "experts"}}


def request_for(operation: Operation, land: Land, started: Started) -> Request:
    """The request. KeyError for an operation that enters something and has no body here."""
    path = _filled(operation, land, started)
    item = path.removesuffix("/transitions") if operation.path.endswith("}/transitions") else path
    if operation.id in _TOKEN:
        return Request("POST", path, more={"data": {"token": "x"}})
    if operation.id == "createImport":
        return Request("POST", path, more=_FILE)
    if operation.method == "PATCH":
        return Request("PATCH", path, {}, item)
    if operation.method == "POST" and operation.path.endswith("/transitions"):
        return Request("POST", path, _HAND_OVER if operation.id == "handOverGrant" else _STEP, item)
    if operation.method == "POST":
        decides = operation.path.endswith("/{pending_id}")
        return Request("POST", path, {"decision": "some day"} if decides else BODIES[operation.id](land))
    return Request(operation.method, path, item=item if operation.method == "DELETE" else None)


def _filled(operation: Operation, land: Land, started: Started) -> str:
    parts = operation.path.split("/")
    plural = parts[3] if len(parts) > 3 else ""
    record = started.import_id if plural == "imports" else land.records.get(plural, {}).get("id", "")
    values = {
        "{record}": record,
        "{session}": record,
        "{pending_id}": land.records.get(f"pending_{plural}", {}).get("id", ""),
        "{affiliation}": land.id("affiliations"),
        "{review_id}": land.id("reviews"),
        "{job}": started.job_id,
        "{export}": started.export_id,
        "{code}": "not_found" if operation.service == "portal" else land.country,
        "{name}": "3+1",
        "{year}": "2026",
    }
    filled = "/".join(values.get(part, part) for part in parts)
    return f"{filled}?affiliation=University" if operation.id == "matchInstitution" else filled
