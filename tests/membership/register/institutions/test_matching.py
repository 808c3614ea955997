"""The scores of matches, without a database."""

from typing import Any

import pytest

from services.membership.linkage.record_linkage.institution_names import match_key
from services.membership.register.institutions.matching.candidates import Candidate
from services.membership.register.institutions.matching.linkage import likes_of
from services.membership.register.institutions.matching.ranking import Match, rank
from services.membership.register.institutions.matching.texts import take_apart


def named(key: str, *names: str, country: str = "XA", domains: tuple[str, ...] = (), **more: Any) -> Candidate:
    shown = [{"value": name, "types": ["label"]} for name in names]
    return Candidate(key, country, [*shown, *more.pop("others", [])], domains, **more)


ZELMAR = named(
    "zelmar",
    "University of Zelmar",
    "Universidad de Zélmar",
    domains=("zelmar.example",),
    others=[{"value": "Zelmar Old School", "types": ["alias"]}],
    locations=[{"city": "Port Anders"}],
)
TECHNICAL = named(
    "technical",
    "Zelmar Technical University",
    domains=("tech.zelmar.example",),
    locations=[{"city": "Port Anders"}],
)
AGRARIAN = named("agrarian", "Qorvane Institute of Agriculture and Forests", domains=("qiaf.example",))
ABROAD = named("abroad", "Zelmar University", country="XB", domains=("zu.example",))
TWIN = named("twin", "University of Zelmar", country="XB")
ARABIC = named("arabic", "جامعة الزلمر")
ALL = (ZELMAR, TECHNICAL, AGRARIAN, ABROAD, ARABIC)


def first(text: str, candidates: tuple[Candidate, ...] = ALL, country: str | None = None) -> Match:
    return rank(take_apart(text), candidates, country)[0]


@pytest.mark.parametrize(
    ("text", "key", "method"),
    [
        ("University of Zelmar", "zelmar", "exact"),
        ("Dept. of Botany, Univ. of Zelmar, Port Anders", "zelmar", "exact"),
        ("UNIVERSIDAD DE ZELMAR", "zelmar", "exact"),
        ("Zelmar Old School", "zelmar", "alias"),
        ("Faculty of Law; Technical Zelmar Univrsity", "technical", "trigram"),
        ("Zlemar Techncal University", "technical", "trigram"),
        ("Botany Department Zelmar Technical University Port Anders", "technical", "trigram"),
        ("j.doe@cs.zelmar.example", "zelmar", "domain"),
        ("see https://www.tech.zelmar.example/people/1", "technical", "domain"),
        ("QIAF, Port Anders", "agrarian", "alias"),
        ("Institute of Agriculture & Forests, Qorvanne", "agrarian", "trigram"),
        ("جامعة الزلمر", "arabic", "exact"),
        ("جَامِعَة الزّلمر", "arabic", "exact"),
    ],
)
def test_the_right_institution_comes_first(text: str, key: str, method: str) -> None:
    found = first(text)
    assert (found.candidate.key, found.method) == (key, method)
    assert 0 < found.score <= 1


def test_a_proof_chooses_and_a_resemblance_never_does() -> None:
    assert first("University of Zelmar").chosen
    assert first("j.doe@qiaf.example").chosen
    assert not first("Technical Zelmar Univrsity").chosen
    assert not first("QIAF").chosen


def test_two_of_the_same_name_are_not_chosen_between() -> None:
    twins = (ZELMAR, TWIN)
    assert not first("University of Zelmar", twins).chosen
    assert first("University of Zelmar, j@zelmar.example", twins).chosen
    at_home = first("University of Zelmar", twins, country="XB")
    assert (at_home.candidate.key, at_home.chosen) == ("twin", True)


def test_a_country_in_the_text_decides_between_namesakes() -> None:
    pakistan = named("pk", "City University", country="PK")
    found = first("City University, Peshawar, Pakistan", (named("gb", "City University", country="GB"), pakistan))
    assert (found.candidate.key, found.chosen) == ("pk", True)
    elsewhere = first("City University, Paris, France", (pakistan,))
    assert not elsewhere.chosen
    assert elsewhere.score < 0.9


def test_contradicting_proofs_choose_nobody() -> None:
    said = rank(take_apart("University of Zelmar, j@qiaf.example"), ALL)
    assert {match.candidate.key for match in said[:2]} == {"zelmar", "agrarian"}
    assert not any(match.chosen for match in said)


def test_the_longest_domain_wins() -> None:
    found = rank(take_apart("x@lab.tech.zelmar.example"), ALL)
    assert (found[0].candidate.key, found[0].chosen) == ("technical", True)
    assert [match.candidate.key for match in found if match.method == "domain"] == ["technical"]


def test_the_order_does_not_depend_on_the_order_of_candidates() -> None:
    said = take_apart("Zelmar")
    assert rank(said, ALL) == rank(said, ALL[::-1])
    assert rank(said, ()) == []


def test_significant_words_are_looked_up_and_departments_are_not() -> None:
    said = take_apart("Dept. of Botany, Univ. of Zelmar (UZ), Port Anders, Pakistan. E-mail: j@bio.zelmar.example")
    assert said.terms == ("zelmar", "port", "anders")
    assert said.hosts == (("bio.zelmar.example", "zelmar.example"),)
    assert "uz" in said.shorts
    assert take_apart("Anders, France").countries == {"FR"}
    assert match_key([{"value": "National University of Sciences"}]) == "national university science"


def test_words_are_alike_when_misspelt_or_cut_short() -> None:
    assert likes_of("forests", ["forets", "law"]) == {"forets": pytest.approx(6 / 7)}
    assert likes_of("agriculture", ["agric", "agriculture"]) == {"agric": 0.85, "agriculture": 1.0}
    assert likes_of("colleges", ["college"]) == {"college": 0.85}
    assert likes_of("botany", ["law"]) == {}


@pytest.mark.parametrize("text", ["," * 500, "a" * 5000, "(" * 400 + "x", "١٢٣", "of the", "@@@ www. http://"])
def test_odd_texts_do_no_harm(text: str) -> None:
    rank(take_apart(text), ALL)
