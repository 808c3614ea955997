"""The vocabularies are complete in every language and in order."""

import re

import pytest

from shared.kernel.text import LANGUAGES
from shared.web.contract.vocabularies import NAMES, VOCABULARIES, terms_of

_LONGEST_TITLE = 60
TERMS = [term for terms in VOCABULARIES.values() for term in terms]


@pytest.mark.parametrize("name", NAMES)
def test_each_term_has_a_title_in_six_languages_and_a_sentence_of_meaning(name: str) -> None:
    for term in VOCABULARIES[name]:
        assert set(term.titles) == set(LANGUAGES)
        assert all(title and title.strip() == title for title in term.titles.values()), term
        assert max(map(len, term.titles.values())) <= _LONGEST_TITLE, term
        assert re.fullmatch(r"[a-z_]+", term.code)
        assert re.fullmatch(r"[^\s].*[^\s.]\.", term.meaning), term


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_sorted_and_has_a_general_term_before_those_of_resources(name: str) -> None:
    keys = [(term.code, term.resource or "") for term in VOCABULARIES[name]]
    assert keys == sorted(set(keys))
    assert {code for code, resource in keys if resource} <= {code for code, resource in keys if not resource}


def test_titles_are_in_the_script_of_their_language() -> None:
    scripts = {"ar": r"[\u0600-\u06ff]", "zh": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]"}
    for language, script in scripts.items():
        assert [term.code for term in TERMS if not re.search(script, term.titles[language])] == []
    foreign = re.compile("[\u0400-\u06ff\u4e00-\u9fff]")
    assert [term.code for term in TERMS for tag in ("en", "fr", "es") if foreign.search(term.titles[tag])] == []


def test_a_code_may_mean_something_else_for_a_resource() -> None:
    general, erasures = terms_of("states", "held")
    assert (general.resource, erasures.resource) == (None, "membership.erasures")
    assert general.titles["en"] != erasures.titles["en"]
    assert erasures.page == "/vocabularies/states/held"
    assert terms_of("states", "nothing") == terms_of("nothing", "held") == ()
