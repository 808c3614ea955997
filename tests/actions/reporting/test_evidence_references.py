"""Documents that name a file of evidence: it exists, is known to the caller and available."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.actions.programme import BASELINE, action, milestone, programme, steps
from tests.support.callers import Caller
from tests.support.evidence import evidence

Callers = Callable[[str | None], Caller]
V1 = "/actions/v1"
_LETTER = {"country": "XA", "direction": "in", "subject": "Nomination", "date": "2026-03-01"}
_CLAIM = {"country": "XA", "level": 2, "body": {"name": "Ministry", "kind": "ministry"}}
_PERSON = {"country": "XA", "person": {"name": "Ada Alpha"}}


def _named(path: str, **more: str) -> dict[str, str]:
    """A document that names a file."""
    return {"title": "Minutes", "date": "2026-03-01", "evidence_id": path.rsplit("/", 1)[1], **more}


def _fault(response: httpx.Response) -> tuple[int, str, str]:
    error = response.json()["errors"][0]
    return response.status_code, error["code"], error["pointer"]


@pytest.mark.parametrize(
    ("plural", "field", "body"),
    [
        ("correspondence", "document", _LETTER),
        ("endorsements", "document", _CLAIM),
        ("focal_points", "letter", _PERSON),
    ],
)
async def test_a_record_refers_to_an_available_file(
    caller: Callers, plural: str, field: str, body: dict[str, Any]
) -> None:
    government, address = caller("government_xa"), f"{V1}/{plural}"
    own, withdrawn = [await evidence(government) for _ in range(2)]
    await government.step(withdrawn, "withdraw", reason="Outdated")
    foreign, digest = await evidence(caller("author_xb"), country="XB"), (await government.get(own)).json()["sha256"]
    made = (await government.post(address, {**body, field: _named(own, sha256="0" * 64)})).json()
    assert made[field]["sha256"] == digest
    path = made["links"]["self"]
    for named, code in (
        (_named(foreign), "unknown_evidence"),
        (_named(f"/{uuid4()}"), "unknown_evidence"),
        (_named(withdrawn), "evidence_not_available"),
    ):
        expected = (422, code, f"/{field}/evidence_id")
        assert _fault(await government.post(address, {**body, field: named})) == expected
        assert _fault(await government.change(path, **{field: named})) == expected
    other = _named(await evidence(government), title="Another")
    assert (await government.change(path, **{field: other})).json()[field]["sha256"] == digest


async def test_a_document_whose_file_was_withdrawn_stays(caller: Callers) -> None:
    government = caller("government_xa")
    file = await evidence(government)
    letter = (await government.post(f"{V1}/correspondence", {**_LETTER, "document": _named(file)})).json()
    await government.step(file, "withdraw", reason="Outdated")
    changed = await government.change(letter["links"]["self"], subject="A nomination")
    assert (changed.status_code, changed.json()["document"]) == (200, letter["document"])


async def test_a_public_file_of_another_country_may_be_named(caller: Callers) -> None:
    file = await evidence(caller("government_xb"), country="XB", visibility="public")
    letter = await caller("government_xa").post(f"{V1}/correspondence", {**_LETTER, "document": _named(file)})
    assert letter.status_code == 201, letter.text


async def test_the_source_of_a_baseline_is_a_file(caller: Callers) -> None:
    government = caller("government_xa")
    path = await action(government, await programme(government), "core")
    file = await evidence(government)
    changed = await government.change(path, baseline={**BASELINE, "source": _named(file)})
    assert changed.json()["baseline"]["source"]["sha256"] == (await government.get(file)).json()["sha256"]
    unknown = await government.change(path, baseline={**BASELINE, "source": _named(f"/{uuid4()}")})
    assert _fault(unknown) == (422, "unknown_evidence", "/baseline/source/evidence_id")


async def test_a_milestone_is_claimed_with_available_files(caller: Callers) -> None:
    government = caller("government_xa")
    path = await milestone(government, await action(government, await programme(government), "core"))
    await steps(government, path, "start")
    file = await evidence(government)
    unknown = [_named(file), _named(f"/{uuid4()}")]
    refused = await government.step(path, "claim", fields={"evidence": unknown})
    assert _fault(refused) == (422, "unknown_evidence", "/fields/evidence/1/evidence_id")
    claimed = (await government.step(path, "claim", fields={"evidence": [_named(file)]})).json()
    assert claimed["evidence"][0]["sha256"] == (await government.get(file)).json()["sha256"]
    await caller("admin").step(path, "refuse", reason="Too short")
    await government.step(file, "withdraw", reason="Outdated")
    blocked = await government.step(path, "claim")
    assert (blocked.status_code, blocked.json()["reason"]) == (409, "evidence_not_available")


async def test_an_endorsement_is_verified_while_its_file_is_available(caller: Callers, admin: Caller) -> None:
    government = caller("government_xa")
    file = await evidence(government)
    claim = (await government.post(f"{V1}/endorsements", {**_CLAIM, "document": _named(file)})).json()
    path = claim["links"]["self"]
    unknown = await admin.step(path, "verify", fields={"document": _named(f"/{uuid4()}")})
    assert _fault(unknown) == (422, "unknown_evidence", "/fields/document/evidence_id")
    assert (await government.step(path, "verify", fields={"document": _named(f"/{uuid4()}")})).status_code == 403
    await government.step(file, "withdraw", reason="Outdated")
    blocked = await admin.step(path, "verify")
    assert (blocked.status_code, blocked.json()["reason"]) == (409, "evidence_not_available")
    await government.step(file, "restore")
    assert (await admin.step(path, "verify")).json()["status"] == "verified"
