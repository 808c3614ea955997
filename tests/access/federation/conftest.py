"""A fake identity provider that two administrators have connected."""

from collections.abc import Iterator

import pytest

from tests.access.caller import Caller
from tests.access.federation.connecting import Connected, connect
from tests.support.providers import FakeProvider, serving_provider


@pytest.fixture(scope="module")
def served() -> Iterator[FakeProvider]:
    with serving_provider() as provider:
        yield provider


@pytest.fixture
def fake(served: FakeProvider) -> Iterator[FakeProvider]:
    served.answers_as_usual()
    yield served
    served.answers_as_usual()


@pytest.fixture
def another() -> Iterator[FakeProvider]:
    with serving_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
async def connected(caller: Caller, served: FakeProvider) -> Connected:
    """The provider over the module, for people of `gov.example`."""
    return await connect(caller, served, domains=["gov.example"], accounts="anyone", levels={"mfa": "2"})
