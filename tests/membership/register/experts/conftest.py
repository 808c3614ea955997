"""Callers as rows."""

import pytest

from tests.support.principals import enter_callers


@pytest.fixture(scope="session")
async def principals(database_url: str) -> None:
    """The callers' accounts, clients and grants as rows: a file is only assigned to holders of an office."""
    await enter_callers(database_url)
