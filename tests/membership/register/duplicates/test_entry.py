"""The response to a new record contains those that it may repeat, and no more than its caller may know."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.membership.register.duplicates.conftest import At, entered, founded, pairs_of, searched
from tests.support.callers import Caller
from tests.support.membership import EXPERTS
from tests.support.waiting import eventually


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("Henrike", "Zabotnik"), ("Henrike", "Zabotnik"), id="the same"),
        pytest.param(("Ottoline", "Brackwurst"), ("O.", "Brackwurst"), id="an initial"),
        pytest.param(("P.", "Quillfeather"), ("Persimmon", "Quillfeather"), id="an initial that was there"),
        pytest.param(("Thorvald", "Ymirsson"), ("Ymirsson", "Thorvald"), id="turned round"),
        pytest.param(("Zoë", "Kärjäläinen"), ("Zoe", "Karjalainen"), id="without marks"),
        pytest.param(("Юрий", "Щербаненко"), ("Yuri", "Shcherbanenko"), id="out of Cyrillic"),
        pytest.param(("Γεώργιος", "Παπαδιαμαντίδης"), ("Georgios", "Papadiamantidis"), id="out of Greek"),
        pytest.param(("محمد", "القحطاني"), ("Mohammed", "Qahtani"), id="out of Arabic"),
        pytest.param(("Robert James", "Fotheringhay"), ("Bob", "Fotheringhay"), id="a short form"),
        pytest.param(("Ludmila", "Vrchlabska"), ("Ludmila Jana", "Vrchlabska"), id="a middle name"),
    ],
)
async def test_a_person_entered_again_is_found(office: Caller, first: tuple[str, str], second: tuple[str, str]) -> None:
    known = await entered(office, *first)
    new = await entered(office, *second)
    assert [found["id"] for found in new["duplicates"]] == [known["id"]]
    assert 0.6 <= new["duplicates"][0]["score"] <= 1
    (pair,) = await pairs_of(office, new["id"])
    assert {pair["a"], pair["b"]} == {known["id"], new["id"]}
    assert (pair["status"], pair["resource"], pair["found_by"]) == ("open", "experts", "entry")
    assert pair["score"] == new["duplicates"][0]["score"]
    assert pair["a"] < pair["b"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("Wendeline", "Ostrobog"), ("Casimir", "Ostrobog"), id="a family"),
        pytest.param(("J. M.", "Thackerlane"), ("J. R.", "Thackerlane"), id="another second initial"),
        pytest.param(("Wei", "Li"), ("Wen", "Li"), id="short names that differ by a letter"),
        pytest.param(("Marta", "Grundelius"), ("Marto", "Grundelius"), id="the other gender's name"),
        pytest.param(("Anna", "Smith"), ("A.", "Smith"), id="a common name and an initial"),
    ],
)
async def test_different_persons_are_not_found(office: Caller, first: tuple[str, str], second: tuple[str, str]) -> None:
    await entered(office, *first, country="XA")
    assert "duplicates" not in await entered(office, *second, country="XB")


async def test_an_address_and_an_orcid_id_are_found_whatever_the_name(office: Caller) -> None:
    known = await entered(
        office, "Ingeborg", "Maidenname", emails=[{"value": "Ingeborg@marry.example"}], orcid="0000-0002-1825-0097"
    )
    by_address = await entered(office, "Ingeborg", "Otherwise", emails=[{"value": "ingeborg@marry.example"}])
    assert [found["id"] for found in by_address["duplicates"]] == [known["id"]]
    by_orcid = await entered(office, "I.", "Third", orcid="0000-0002-1825-0097")
    assert known["id"] in [found["id"] for found in by_orcid["duplicates"]]
    reasons = (await pairs_of(office, by_orcid["id"]))[0]["reasons"]
    assert "same_orcid" in reasons


async def test_who_may_not_see_a_record_is_shown_nothing_and_the_secretariat_has_the_pair(
    at: At, office: Caller
) -> None:
    hidden = await entered(office, "Perpetua", "Underhollow", country="XB", visibility="restricted")
    author = at("author_xa")
    new = await entered(author, "Perpetua", "Underhollow", country="XA")
    assert "duplicates" not in new
    assert await pairs_of(author, new["id"]) == []
    (pair,) = await pairs_of(office, new["id"])
    assert {pair["a"], pair["b"]} == {hidden["id"], new["id"]}
    assert pair["country"] is None


async def test_an_address_that_a_caller_may_not_read_is_no_reason_that_they_are_shown(at: At, office: Caller) -> None:
    address = [{"value": "secret@reach.example", "visibility": "restricted"}]
    known = await entered(office, "Balthasar", "Quenneville", country="XB", visibility="public", emails=address)
    for action in ("invite", "apply", "start_review", "approve"):
        assert (await office.step(f"{EXPERTS}/{known['id']}", action)).status_code == 200
    other = await entered(at("author_xa"), "Balthasar", "Tibbs", emails=[{"value": "secret@reach.example"}])
    assert "duplicates" not in other
    (pair,) = await pairs_of(office, other["id"])
    assert "same_email" in pair["reasons"]
    same = await entered(at("author_xa"), "Balthasar", "Quenneville", emails=[{"value": "other@reach.example"}])
    assert [found["id"] for found in same["duplicates"]] == [known["id"]]


async def test_an_applicant_is_shown_published_records_only(
    at: At, office: Caller, superuser: asyncpg.Connection
) -> None:
    known = await entered(office, "Ermintrude", "Applebottom", visibility="network")
    body: dict[str, Any] = {"emails": [{"value": "ermintrude@apply.example"}]}
    assert "duplicates" not in await entered(at("applicant"), "Ermintrude", "Applebottom", **body)
    assert len(await pairs_of(office, known["id"])) == 1


async def test_a_name_that_very_many_have_is_no_sign(office: Caller) -> None:
    for _ in range(42):
        await entered(office, "Jan", "Commonplace")
    assert "duplicates" not in await entered(office, "Jan", "Commonplace")


async def test_two_entries_at_once_both_succeed_and_the_search_finds_them(office: Caller, worker: None) -> None:
    one, other = await asyncio.gather(
        entered(office, "Simultaneous", "Racewinner"), entered(office, "Simultaneous", "Racewinner")
    )
    await searched(office)
    (pair,) = await pairs_of(office, one["id"])
    assert {pair["a"], pair["b"]} == {one["id"], other["id"]}


async def test_a_change_of_what_is_compared_is_looked_at(office: Caller, worker: None) -> None:
    known = await entered(office, "Cuthbert", "Lackadaisy")
    other = await entered(office, "Gwendolen", "Somebodyelse")
    path = f"{EXPERTS}/{other['id']}"
    etag = (await office.get(path)).headers["etag"]
    names = [{"given": "Cuthbert", "family": "Lackadaisy"}]
    assert (await office.patch(path, {"names": names}, etag=etag)).status_code == 200
    pairs = await eventually(lambda: pairs_of(office, known["id"]))
    assert {pairs[0]["a"], pairs[0]["b"]} == {known["id"], other["id"]}


async def test_an_institution_entered_again_is_found(office: Caller) -> None:
    known = await founded(office, "University of Quixmoor", domains=["quixmoor.example"])
    by_name = await founded(office, "Quixmoor University")
    assert [found["id"] for found in by_name["duplicates"]] == [known["id"]]
    by_domain = await founded(office, "Universität Quixmoore", domains=["quixmoor.example"])
    assert known["id"] in [found["id"] for found in by_domain["duplicates"]]
    assert "duplicates" not in await founded(office, "Technical University of Quixmoor")
    assert "duplicates" not in await founded(office, "University of Quizzleton")


async def test_an_institution_of_another_country_that_is_not_seen_is_not_shown(at: At, office: Caller) -> None:
    hidden = await founded(office, "Institute of Hidden Things", country="XB", ror=None, domains=["hid.example"])
    new = await founded(at("author_xa"), "Institute of Hidden Things", country="XA", domains=["hid.example"])
    assert "duplicates" not in new
    (pair,) = await pairs_of(office, hidden["id"])
    assert pair["resource"] == "institutions"
