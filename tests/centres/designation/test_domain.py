"""Rules of centres without a database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.centres.committees.committees.domain import LIFECYCLE, CommitteeGuardContext, RecognitionRules, dated
from services.centres.committees.committees.record import Committee
from services.centres.committees.seats.domain import end_of, is_in_order
from services.centres.designation.agreements.domain import (
    SigningContext,
    first_status,
    is_last_signature,
    signed,
    with_sides,
)
from services.centres.designation.agreements.record import Party
from services.centres.designation.centres.domain import names_search_key, registration_number, term_of
from shared.kernel.errors import Conflict
from shared.records.rows import new_record

TODAY = date(2026, 11, 24)


def _committee(rules: RecognitionRules) -> CommitteeGuardContext:
    return CommitteeGuardContext(
        rules,
        has_host=True,
        has_decision=True,
        has_bylaws=True,
        are_documents_available=True,
        partners=0,
        presidents=1,
        secretaries=0,
        seats=1,
    )


def _decided(day: str) -> Committee:
    columns = {"names": {"en": "Committee"}, "partner_institution_ids": [], "decision": {"date": day}}
    blank = {"status": "proposed", "country": "XA", "visibility": "network", "search_key": ""}
    return new_record(Committee, {**columns, **blank})


def test_what_recognition_asks_for_is_a_setting() -> None:
    verb = "request_recognition"
    _, target = LIFECYCLE.advance("preparatory", verb, _committee(RecognitionRules(1, 0)), lambda _verb: True)
    assert target == "recognition_review"
    with pytest.raises(Conflict) as refusal:
        LIFECYCLE.advance("preparatory", verb, _committee(RecognitionRules(2, 0)), lambda _verb: True)
    assert refusal.value.members["reason"] == "members_missing"


def test_a_committee_is_formed_on_the_day_of_its_decision_but_not_ahead_of_time() -> None:
    decided, ahead = (_decided(day) for day in ("2026-03-02", "2027-03-02"))
    assert dated("form", decided, TODAY) == replace(decided, formed_on=date(2026, 3, 2))
    assert dated("form", ahead, TODAY) == replace(ahead, formed_on=TODAY)
    assert dated("suspend", decided, TODAY) == decided


def test_terms_last_four_years_unless_something_else_is_said() -> None:
    assert term_of(None, {}, TODAY) == (TODAY, date(2030, 11, 23))
    assert term_of(date(2027, 2, 28), {}, TODAY) == (date(2027, 3, 1), date(2031, 2, 28))
    assert term_of(date(2026, 1, 1), {}, TODAY)[0] == TODAY
    fields = {"starts": date(2026, 12, 1), "ends": date(2027, 12, 1)}
    assert term_of(None, fields, TODAY) == (fields["starts"], fields["ends"])


def test_registration_numbers_are_searchable() -> None:
    assert registration_number("PK", 1) == "ESNRC-PK-01"
    assert registration_number("PK", 100) == "ESNRC-PK-100"
    assert names_search_key({"en": "Soil"}, "ESNRC-PK-01") == " soil esnrc pk 01 "


def test_seats_end_at_the_latest_today_and_not_before_they_start() -> None:
    assert end_of("2020", None, "2026-11-24") == "2026-11-24"
    assert end_of("2020", "2026-11", "2026-11-24") == "2026-11-24"
    assert end_of("2020", "2022", "2026-11-24") == "2022"
    assert end_of("2027-01", None, "2026-11-24") == "2027-01"
    assert is_in_order("2024-06", "2024")
    assert not is_in_order("2024-06", "2024-05")


def _party(name: str, institution: str | None = None, side: str | None = None) -> Party:
    return {"name": name, "institution_id": institution, "side": side, "signatory": None, "signed_at": None}


@pytest.mark.parametrize(
    ("parties", "sides"),
    [
        ([_party("A", "i"), _party("B")], ["institution", "secretariat"]),
        ([_party("A"), _party("B")], ["other", "other"]),
        ([_party("A")], ["other"]),
        ([_party("A", "i"), _party("B", side="secretariat"), _party("C")], ["institution", "secretariat", "other"]),
        ([_party("A", "i"), _party("B", side="other")], ["institution", "other"]),
    ],
)
def test_each_party_is_a_side(parties: list[Party], sides: list[str]) -> None:
    assert [party["side"] for party in with_sides(parties)] == sides


_HOST, _OFFICE, _MINISTRY = with_sides([_party("Host", "i"), _party("Network", side="secretariat"), _party("Ministry")])


@pytest.mark.parametrize(
    ("signing", "own", "represented"),
    [
        ({}, [], []),
        ({"institutions": {"i"}}, ["Host"], ["Host"]),
        ({"institutions": {"j"}}, [], []),
        ({"is_office": True}, ["Host", "Network", "Ministry"], ["Network"]),
        ({"is_office": True, "institutions": {"i"}}, ["Host", "Network", "Ministry"], ["Host", "Network"]),
    ],
)
def test_who_signs_for_whom(signing: dict[str, Any], own: list[str], represented: list[str]) -> None:
    context = SigningContext(waiting=[_HOST, _OFFICE, _MINISTRY], **signing)
    assert [party["name"] for party in context.own] == own
    assert [party["name"] for party in context.waiting if context.represents(party)] == represented


def test_the_last_signature_is_known() -> None:
    parties = with_sides([_party(name) for name in ("A", "A", "B")])
    assert first_status(parties) == "drafting"
    once = signed(parties, parties[0], "Rector", TODAY)
    twice = signed(once, once[1], None, TODAY)
    assert [party["signatory"] for party in twice] == ["Rector", None, None]
    assert (is_last_signature(once), is_last_signature(twice)) == (False, True)
    assert first_status(signed(twice, twice[2], None, TODAY)) == "in_force"
