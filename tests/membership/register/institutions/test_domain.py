"""The rules of an institution's lifecycle, its names, and the rows of lists, without a database."""

import pytest

from services.membership.register.institutions.domain import (
    LIFECYCLE,
    InstitutionGuardContext,
    derived,
    display_name,
    identity,
    institution_from_row,
    normal_domain,
    values_of,
)
from services.membership.register.institutions.record import InstitutionName

ROW = {
    "name": "Zelmar Technical University (ZTU)",
    "country": "XA",
    "state_province": "North",
    "domains": "ztu.example;mail.ztu.example  WWW.ztu.example",
    "web_pages": "http://www.ztu.example/ http://ztu.example/en",
}


def advance(status: str, verb: str) -> str:
    return LIFECYCLE.advance(status, verb, InstitutionGuardContext(), lambda _: True)[1]


@pytest.mark.parametrize(
    ("status", "verb", "target"),
    [
        ("submitted", "verify", "verified"),
        ("submitted", "link", "linked"),
        ("submitted", "reject", "out_of_scope"),
        ("verified", "deactivate", "inactive"),
        ("inactive", "reactivate", "verified"),
        ("submitted", "withdraw", "withdrawn"),
        ("verified", "withdraw", "withdrawn"),
        ("inactive", "withdraw", "withdrawn"),
    ],
)
def test_steps_lead_where_the_design_says(status: str, verb: str, target: str) -> None:
    assert advance(status, verb) == target


@pytest.mark.parametrize("status", ["linked", "out_of_scope", "withdrawn"])
def test_the_ends_have_no_way_out(status: str) -> None:
    assert LIFECYCLE.available_actions(status, InstitutionGuardContext(), lambda _: True) == []


def test_the_fact_of_the_inactive_state_is_inactivated() -> None:
    facts = {transition.verb: transition.fact or transition.target for transition in LIFECYCLE.transitions}
    assert facts["deactivate"] == "inactivated"
    assert facts["reactivate"] == "verified"


def test_the_displayed_name_is_the_registers_then_a_label_then_the_first() -> None:
    acronym: InstitutionName = {"value": "ZU", "language": None, "types": ["acronym"]}
    label: InstitutionName = {"value": "Zelmar University", "language": None, "types": ["label"]}
    shown: InstitutionName = {"value": "University of Zelmar", "language": None, "types": ["ror_display", "label"]}
    assert display_name([acronym, label, shown]) == "University of Zelmar"
    assert display_name([acronym, label]) == "Zelmar University"
    assert display_name([acronym]) == "ZU"


def test_a_row_of_a_list_becomes_the_fields_of_a_body() -> None:
    values = institution_from_row(ROW)
    assert values == {
        "names": [{"value": ROW["name"], "language": None, "types": ["ror_display"]}],
        "country": "XA",
        "locations": [{"subdivision": "North"}],
        "domains": ["ztu.example", "mail.ztu.example"],
        "links": ["http://www.ztu.example/", "http://ztu.example/en"],
    }
    assert institution_from_row({"name": " ", "country": "XA", "domains": ""}) == {"country": "XA"}


def test_the_identity_is_the_ror_id_or_name_country_and_domains() -> None:
    row = institution_from_row(ROW)
    again = institution_from_row(
        {**ROW, "name": "zelmar technical  UNIVERSITY ztu", "domains": "mail.ztu.example ztu.example"}
    )
    names, domains = row["names"], row["domains"]
    named = identity(names, "XA", None, domains)
    assert (row["country"], named) == ("XA", identity(again["names"], again["country"], None, again["domains"]))
    assert named != identity(names, "XB", None, domains)
    assert named != identity(names, "XA", None, ["ztu.example"])
    assert identity(names, "XA", "ror.org/02MHBDP94", domains) == "https://ror.org/02mhbdp94"
    assert len(identity([{"value": "ﷺ" * 500, "language": None, "types": ["label"]}], "XA", None, domains)) < 100


def test_what_is_filtered_and_looked_up_by_equality() -> None:
    row = institution_from_row(ROW)
    assert values_of(row["names"], ["education"], row["domains"]) == [
        ("domain", "mail.ztu.example"),
        ("domain", "ztu.example"),
        ("name", "zelmar technical university ztu"),
        ("short", "ztu"),
        ("short", "ztuz"),
        ("type", "education"),
        ("word", "zelmar"),
        ("word", "ztu"),
    ]
    assert derived(row["names"])["match_key"] == "zelmar ztu"


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("WWW.Zelmar.Example", "zelmar.example"),
        ("https://www.zelmar.example:8080/a?b", "zelmar.example"),
        ("someone@mail.zelmar.example", "mail.zelmar.example"),
        ("zelmar.example.", "zelmar.example"),
        ("зелмар.рф", "зелмар.рф"),
        ("zelmar", None),
        ("a..b", None),
        ("-a.example", None),
        ("10.0.0.1", None),
        ("", None),
        ("x" * 300 + ".example", None),
    ],
)
def test_domains_have_one_form(given: str, normal: str | None) -> None:
    assert normal_domain(given) == normal
