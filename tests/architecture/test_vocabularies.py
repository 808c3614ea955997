"""Every reason, verb and state of the code has a term in the vocabularies, and no term is about nothing."""

import pytest

from services.actions.reporting.assessments.domain import GAPS
from shared.web.contract.vocabularies import VOCABULARIES
from tests.support.vocabulary import (
    NAMED,
    all_reasons,
    all_states,
    all_verbs,
    modules,
    reasons,
    states_by_resource,
    verbs,
    verbs_by_resource,
)

_HISTORIES = {"actions.tasks": {"release"}, "centres.profiles": {"confirm"}, "membership.experts": {"claim"}}
"""Verbs of histories that no transition of the resource has, with a term of their own there."""


def test_each_reason_has_a_term_and_each_term_is_a_reason() -> None:
    known = {term.code for term in VOCABULARIES["reasons"]}
    assert all_reasons() - known == set(), "add to shared/web/contract/data/reasons.csv"
    assert known - all_reasons() == set(), (
        "nothing is refused for these: take them out of shared/web/contract/data/reasons.csv"
    )
    assert [term for term in VOCABULARIES["reasons"] if term.resource] == []


def test_each_verb_has_a_term_and_each_term_is_a_verb() -> None:
    known = {term.code for term in VOCABULARIES["verbs"]}
    assert all_verbs() - known == set(), "add to shared/web/contract/data/verbs.csv"
    assert known - all_verbs() == set(), "nothing does these: take them out of shared/web/contract/data/verbs.csv"


def test_each_state_has_a_term_and_each_term_is_a_state() -> None:
    known = {term.code for term in VOCABULARIES["states"]}
    assert all_states() - known == set(), "add to shared/web/contract/data/states.csv"
    assert known - all_states() == set(), "no lifecycle has these: take them out of shared/web/contract/data/states.csv"


def test_each_gap_has_a_term_and_each_term_is_a_gap() -> None:
    assert {term.code for term in VOCABULARIES["gaps"]} == set(GAPS)


def test_a_term_of_a_resource_is_about_a_state_or_verb_that_it_has() -> None:
    states, of_verbs = states_by_resource(), verbs_by_resource()
    for term in VOCABULARIES["states"]:
        assert term.resource is None or term.code in states[term.resource], term
    for term in VOCABULARIES["verbs"]:
        assert term.resource is None or term.code in of_verbs[term.resource] | _HISTORIES.get(term.resource, set())


def test_the_modules_with_a_reason_in_a_variable_are_those_that_have_one() -> None:
    having = {module for module, source in modules('"reason"') if _has_variable(source)}
    assert having == set(NAMED)


def _has_variable(source: str) -> bool:
    try:
        list(reasons("elsewhere", source))
    except AssertionError:
        return True
    return False


def test_reasons_and_verbs_are_found_as_they_are_written() -> None:
    source = (
        "raise Conflict('', members={'current_state': status, 'reason': 'one'})\n"
        "members = {'reason': 'two' if x else 'three'}\n"
        "raise Forbidden('', members={'reason': why})\n"
    )
    found = reasons("shared.web.records.pending", source)
    assert set(found) == {"one", "two", "three", "confirmed", "declined", "withdrawn", "expired"}
    with pytest.raises(AssertionError, match="NAMED"):
        list(reasons("shared.web.other", source))
    written = "KIND.write(uow, 'four', before, wanted)\nKIND.record_change(uow, 'five', one, one)\nfile.write('six')\n"
    assert set(verbs("shared.web.other", written)) == {"four", "five"}
