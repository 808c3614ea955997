"""Callers as rows: a second person confirms what a holder of the office proposed."""

import pytest

from tests.support.principals import enter_callers


@pytest.fixture(scope="session", autouse=True)
async def principals(database_url: str) -> None:
    """The callers' accounts, clients and grants as rows."""
    await enter_callers(database_url)
