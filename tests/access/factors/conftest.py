"""The clock for tests of second factors."""

from types import SimpleNamespace

import pytest

from shared.kernel import clock
from tests.access.factors.times import Times


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    """The clock for the rest of the test."""
    made = Times()
    monkeypatch.setattr(clock, "datetime", SimpleNamespace(now=made.now))
    return made
