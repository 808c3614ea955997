"""Promise 26 in short: no plain list shows a trace of the restricted records of another country."""

import pytest

from tests.authorization.canaries import WORD, plain_lists, traces
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import CountryFixture
from tests.support.callers import Caller


@pytest.mark.parametrize("name", ["author_xa", None])
async def test_no_list_shows_a_restricted_record_of_another_country(
    services: Services, country_fixtures: dict[tuple[str, bool], CountryFixture], name: str | None
) -> None:
    marks = [mark.encode() for mark in traces(country_fixtures["XB", False]) - {WORD}]
    callers = {service: Caller(client, name) for service, client in services.items()}
    shown = {address: (await callers[service].get(address)).content for service, address in plain_lists()}
    assert [address for address, body in shown.items() if any(mark in body for mark in marks)] == []
    own = country_fixtures["XB", True].id("experts").encode()
    assert any(own in body for body in shown.values()), "what is published there is listed"
