"""Nobody filters or sorts by a hidden field: the request is rejected, or the list leaves out such records."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture
from tests.authorization.test_fields import PRIVATE
from tests.support import callers
from tests.support.callers import Caller, grant, person

CountryFixtures = dict[tuple[str, bool], CountryFixture]
_SORTS = ("created_at", "updated_at")
_SELF = grant("expert", "self", "00000000-0000-4000-8000-000000000001", of_applicant=True)
_WHO = (None, "applicant", "asking applicant", "author_xa", "reader_xa")


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(callers.CALLERS, "asking applicant", person("asking applicant", _SELF))  # type: ignore[arg-type]


def _questions(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field with a value that would match the record."""
    yield from ((name, f"sort={sign}{name}") for name in _SORTS for sign in ("", "-"))
    yield from (("updated_at", query) for query in ("updated_after=2020-01-01", "updated_before=2100-01-01"))
    for name, value in record.items():
        if isinstance(value, str) and name not in ("id", "country", *_SORTS):
            yield name, f"{name}={value}"


@pytest.mark.parametrize("plural", PRIVATE)
async def test_what_is_not_shown_finds_and_orders_nothing(
    services: Services, country_fixtures: CountryFixtures, plural: str
) -> None:
    service, country_fixture = PRIVATE[plural][0], country_fixtures["XB", True]
    path, key = f"/{service}/v1/{plural}", country_fixture.id(plural)
    whole = (await Caller(services[service], ADMIN).get(f"{path}/{key}")).json()
    for name in _WHO:
        caller = Caller(services[service], name)
        shown = await caller.get(f"{path}/{key}")
        if shown.status_code != 200:
            continue
        for field, query in _questions(whole):
            response = await caller.get(f"{path}?{query}&limit=200&country=XB")
            if field in shown.json():
                assert response.status_code == 200 or "unknown_parameter" in response.text, (
                    f"{name} {query}: {response.text}"
                )
                continue
            assert key not in response.text.replace(f"cursor={key}", ""), f"{name} {path}?{query}"
            closed = name is None or not callers.CALLERS[name].grants
            if closed and (field in _SORTS or field in ("lead_body_id", "endorsement_id")):
                assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter"), f"{name} {query}"


async def test_an_estimate_counts_no_more_than_the_list_holds(
    services: Services, country_fixtures: CountryFixtures
) -> None:
    caller = Caller(services["membership"], "author_xa")
    path = "/membership/v1/experts?country=XB&include=total_estimate"
    assert (await caller.get(path)).json()["total_estimate"] > 0
    for query in ("sort=-updated_at", "updated_after=2020-01-01"):
        reported = (await caller.get(f"{path}&{query}")).json()
        assert (reported["items"], reported["total_estimate"]) == ([], 0), query
