"""An initiative is opened at a congress; 2,000 signatures by form and on paper are counted as what is true."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from openbadgeslib.ob3 import OB3VerificationError

from services.membership.initiatives.supports.domain import MOST_FROM_NETWORK
from services.membership.issuing.credentials.domain import did_of
from tests.journeys.paths.path import day
from tests.journeys.paths.world import World
from tests.journeys.signing.campaign import Campaign
from tests.journeys.signing.people import (
    ALONE,
    ELSEWHERE_SPELLED,
    FIRST,
    FOR_AN_ORGANISATION,
    FORM,
    IN_THE_HALL,
    LIKE,
    ON_PAPER_BEFORE,
    ONCE,
    SECOND,
    Population,
    Truth,
)
from tests.membership.issuing.credentials.verifying import verify
from tests.support.running import eventually, system

_VERIFIED = 40
_ERASED = 700
_FORMER, _PRESENT = 710, 1_300
"""One person, who signed the first list under a former name, and the second in the present country."""


class _Web(dict[str, bytes]):
    """What anybody downloads, each time anew; the address of the running system is not one of https."""

    def __missing__(self, url: str) -> bytes:
        return httpx.get(url.replace("https:", "http:", 1), trust_env=False).raise_for_status().content


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    """In a system of its own behind a proxy, which names the address of each signer."""
    with system(ESCM_TRUSTED_PROXIES="127.0.0.1", ESCM_GRANTS_BELIEVED="1") as (stack, folder):
        world = World({**stack, "folder": str(folder)})
        campaign = Campaign({**stack, "folder": str(folder)}, world, Population())
        yield campaign
        campaign.public.close()
        world.close()


def _is_true(campaign: Campaign, truth: Truth) -> None:
    """Facts take a moment to change the number of supporters. From then on everything is true."""
    eventually(lambda: campaign.by_country() == truth.by_country)
    assert campaign.numbers() == truth.numbers
    names, unlisted = campaign.listed()
    assert names == truth.listed
    assert unlisted == len(truth.people) - names.total()


def test_an_initiative_counts_what_is_true(campaign: Campaign, tmp_path: Path) -> None:
    people = campaign.people.people
    signatures = campaign.people.signatures()
    truth = Truth({one.person for some in signatures.values() for one in some})
    assert (len(truth.people), sum(map(len, signatures.values()))) == (1_700, 2_000)

    campaign.opens(tmp_path)
    campaign.is_signed_on_paper(tmp_path, FIRST, signatures[FIRST])
    namesakes = sum(one in ONCE[FIRST] and other in ONCE[FORM] for one, other in LIKE.items())
    held = {
        "many_from_network": len(IN_THE_HALL) - MOST_FROM_NETWORK,
        "organisation_unproven": len(FOR_AN_ORGANISATION),
        "duplicate_open": len(ON_PAPER_BEFORE) + namesakes,
    }
    states = campaign.is_signed_by_form(signatures[FORM])
    assert states["pending"] == sum(held.values())
    assert states.total() == len(signatures[FORM])
    assert campaign.decides_held() == held
    campaign.matches_organisations()
    campaign.is_signed_on_paper(tmp_path, SECOND, signatures[SECOND])
    campaign.matches_organisations()
    assert campaign.merges_repeats() == len(ELSEWHERE_SPELLED)
    _is_true(campaign, truth)

    supports = campaign.certified()
    assert len({one["certificate_id"] for one in supports}) == len(truth.people)
    did, web = did_of(str(campaign.public.base_url)), _Web()
    verified = [campaign.credential(one) for one in supports[:: len(supports) // _VERIFIED]]
    for token in verified:
        verify(token, did, web)

    first, by_country = truth.numbers, truth.by_country
    asyncio.run(campaign.days_pass())
    yesterday = day(-1)
    campaign.world.time_passes("membership.store_yesterday", 0)

    experts = {one: key for key, one in campaign.experts().items()}
    certificates = {one["expert_id"]: one for one in supports}
    leaving, former, present, erased = (people[one] for one in (ALONE, _FORMER, _PRESENT, _ERASED))
    ended = [campaign.credential(certificates[experts[one]]) for one in (leaving, present, erased)]
    staying = campaign.credential(certificates[experts[former]])
    campaign.is_withdrawn(leaving)
    truth.people.remove(leaving)
    _is_true(campaign, truth)
    campaign.merges(experts[present], experts[former])
    truth.people -= {former, present}
    truth.people.add(replace(former, country=present.country))
    _is_true(campaign, truth)
    campaign.erases(experts[erased])
    truth.unnamed.add(erased)
    _is_true(campaign, truth)

    assert truth.numbers["organisations"] == first["organisations"] - 1
    assert (campaign.numbers(yesterday), campaign.by_country(yesterday)) == (first, by_country)
    assert campaign.numbers(day()) == truth.numbers
    for token in ended:
        eventually(lambda: _is_revoked(token, did, web))  # noqa: B023 - used at once
    verify(staying, did, web)


def _is_revoked(token: str, did: str, web: _Web) -> bool:
    try:
        verify(token, did, web)
    except OB3VerificationError as error:
        return "revocation" in str(error)
    return False
