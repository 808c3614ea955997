"""The match scores of names, persons and institutions, and their quality over known pairs."""

from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.membership.linkage.record_linkage import institutions, persons
from services.membership.linkage.record_linkage.domain import Body, Person
from services.membership.linkage.record_linkage.institutions import body_of
from services.membership.linkage.record_linkage.names import blocking_keys, name_key, names_of, sound
from services.membership.linkage.record_linkage.persons import Rates, person_of
from tests.bench import quality_duplicates

RATES = Rates(2_000)


def _person(number: int, given: str = "", family: str = "", **more: Any) -> Person:
    name = {"full": more.pop("full")} if "full" in more else {"given": given, "family": family}
    row = {"country": "PK", "email_keys": [], "orcid": None, "works": [], **more}
    return person_of({"id": UUID(int=number), "names": [name], **row})


def _body(number: int, name: str, **more: Any) -> Body:
    row = {"country": "PK", "domains": [], "locations": [], "ror": None, **more}
    names = [{"value": name, "types": ["acronym"] if name.isupper() else ["ror_display"]}]
    return body_of({"id": UUID(int=number), "names": names, **row})


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ({"full": "Watson, Robert T."}, ("robert", "t"), ("watson",)),
        ({"full": "Ludwig van Beethoven"}, ("ludwig",), ("van", "beethoven")),
        ({"full": "王小明"}, ("xiao", "ming"), ("wang",)),
        ({"full": "欧阳修"}, ("xiu",), ("ou", "yang")),
        ({"given": "J.R.", "family": "O'Brien"}, ("j", "r"), ("obrien",)),
        ({"given": "JR", "family": "Evans"}, ("j", "r"), ("evans",)),
        ({"given": "K.Ya.", "family": "Vinnikov"}, ("k", "y"), ("vinnikov",)),
        ({"given": "Dr. Ana", "family": "Souza"}, ("d", "ana"), ("souza",)),
        ({"family": "Solo"}, (), ("solo",)),
    ],
)
def test_a_name_is_taken_apart(name: dict[str, str], given: tuple[str, ...], family: tuple[str, ...]) -> None:
    (found,) = names_of([name])
    assert (found.given, found.family) == (given, family)


def test_a_name_of_nothing_is_no_name() -> None:
    assert names_of([{"full": "…"}, {"family": "!"}]) == ()
    assert (name_key([{"full": "…"}]), blocking_keys([{"full": "…"}])) == ("", [])


@pytest.mark.parametrize(
    ("one", "other"),
    [("mueller", "muller"), ("shcherbakov", "scherbakoff"), ("tchaikovsky", "chaikovskij"), ("yusuf", "jousuf")],
)
def test_spellings_of_one_sound_are_one(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    "other",
    [
        {"given": "Robert T.", "family": "Fotheringay"},
        {"given": "R.", "family": "Fotheringay"},
        {"given": "Bob", "family": "Fotheringay"},
        {"given": "Fotheringay", "family": "Robert"},
        {"given": "Robert", "family": "Fotheringey"},
        {"given": "Róbert", "family": "Fotheringay-Smythe"},
        {"full": "FOTHERINGAY, Robert"},
        {"full": "Fotheringay Robert"},
    ],
)
def test_one_person_under_another_spelling(other: dict[str, str]) -> None:
    match_score = persons.compare(_person(1, "Robert", "Fotheringay"), _person(2, **other), RATES)
    assert match_score.score >= 0.9, match_score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Wei", "Li"), ("Wen", "Li")),
        (("J.R.", "Thackery"), ("J.M.", "Thackery")),
        (("Martin", "Thackery"), ("Martina", "Thackery")),
        (("Jyoti K.", "Parikh"), ("Kirit S.", "Parikh")),
        (("D.", "Changnon"), ("S.", "Changnon")),
        (("Robert", "Thackery"), ("Robert", "Quillon")),
    ],
)
def test_two_persons_of_one_institution(one: tuple[str, str], other: tuple[str, str]) -> None:
    works = ["Institute of Things"]
    assert persons.compare(_person(1, *one, works=works), _person(2, *other, works=works), RATES).score < 0.5


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    rare = persons.compare(_person(1, "A.", "Chichilnisky"), _person(2, "A.", "Chichilnisky"), RATES)
    common = persons.compare(_person(1, "A.", "Smith"), _person(2, "A.", "Smith"), RATES)
    assert rare.score > 0.9
    assert common.score < 0.75
    often = Rates(2_000, {"chichilnisky": 100})
    assert persons.compare(_person(1, "A.", "Chichilnisky"), _person(2, "A.", "Chichilnisky"), often).score < rare.score


def test_identifiers_weigh_most() -> None:
    email, orcid = {"email_keys": ["ana@one.example"]}, {"orcid": "0000-0002-1825-0097"}
    married = persons.compare(_person(1, "Ana", "Souza", **email), _person(2, "Ana", "Quillon", **email), RATES)
    assert (married.score > 0.9, married.reasons[0]) == (True, "same_email")
    shared = {"email_keys": ["info@one.example"]}
    assert persons.compare(_person(1, "Ana", "Souza", **shared), _person(2, "Rui", "Lobo", **shared), RATES).score == 0
    known = persons.compare(_person(1, "Ana", "Souza", **orcid), _person(2, "X.", "Yilmaz", **orcid), RATES)
    assert (known.score > 0.9, known.reasons[0]) == (True, "same_orcid")
    other = {"orcid": "0000-0001-5109-3700"}
    assert (
        persons.compare(_person(1, "Ana", "Quillon", **orcid), _person(2, "Ana", "Quillon", **other), RATES).score < 0.1
    )


def test_only_persons_without_any_agreement_are_not_compared() -> None:
    names = [("Wei", "Li"), ("Li", "Wei"), ("J.R.", "Thackery"), ("", "Thackery"), ("Bob", "Tackery"), ("Ana", "Li")]
    email, orcid = {"email_keys": ["ana@one.example"]}, {"orcid": "0000-0002-1825-0097"}
    people = [_person(n, *name, **more) for n, (name, more) in enumerate(product(names, ({}, email, orcid)))]
    rare = Rates(10**6)
    found = {persons.may_match(a, b): 0 for a, b in product(people, people)}
    for one, other in product(people, people):
        score = persons.compare(one, other, rare).score
        found[persons.may_match(one, other)] += score > 0
    assert found[False] == 0 < found[True]


def test_comparing_is_symmetric() -> None:
    one, other = _person(1, "Robert T.", "Fotheringay", works=["x y"]), _person(2, "R.", "Fotheringay", country="KE")
    assert persons.compare(one, other, RATES) == persons.compare(other, one, RATES)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("University of Zelmar", "Zelmar University", True),
        ("University of Zelmar", "Univ. of Zelmar", True),
        ("University of Zelmar", "Universität Zelmar", True),
        ("Zelmarian Institute of Water", "Zelmarien Institute of Water", True),
        ("University of Zelmar", "Technical University of Zelmar", False),
        ("University of Zelmar", "University of Zolmer", False),
        ("Medical University of Zelmar", "Technical University of Zelmar", False),
        ("Zelmar University", "Zelmar College", False),
        ("Northeastern University", "Northwestern University", False),
        ("University of California San Diego", "University of California Los Angeles", False),
    ],
)
def test_names_of_institutions(one: str, other: str, is_same: bool) -> None:
    assert (institutions.compare(_body(1, one), _body(2, other)).score >= 0.6) is is_same


def test_ids_domains_and_acronyms_of_institutions() -> None:
    ror, other = {"ror": "https://ror.org/02mhbdp94"}, {"ror": "https://ror.org/05a28rw58"}
    assert institutions.compare(_body(1, "One", **ror), _body(2, "Other", **ror)).reasons == ("same_ror",)
    assert (
        institutions.compare(_body(1, "University of Zelmar", **ror), _body(2, "University of Zelmar", **other)).score
        == 0
    )
    domain = {"domains": ["iiasa.example"]}
    long = _body(1, "International Institute for Applied Systems Analysis", **domain)
    assert institutions.compare(long, _body(2, "IIASA", **domain)).score > 0.8
    elsewhere = _body(2, "University of Zelmar", country="KE")
    assert institutions.compare(_body(1, "University of Zelmar"), elsewhere).score < 0.6


def test_the_search_is_good_over_the_labelled_list() -> None:
    result = quality_duplicates.labelled()
    assert result.precision >= 0.95
    assert result.recall >= 0.9


@pytest.mark.long("compares an invented register")
def test_the_search_is_good_over_an_invented_register() -> None:
    result, by_kind = quality_duplicates.invented()
    assert result.precision >= 0.95
    assert result.recall >= 0.9
    assert {kind: one.recall for kind, one in by_kind.items() if one.recall < 0.9} == {}


def test_the_search_is_good_over_universities() -> None:
    result = quality_duplicates.institutions()
    assert (result.precision >= 0.95, result.recall >= 0.9) == (True, True)
