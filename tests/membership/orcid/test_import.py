"""The affiliations of a public ORCID record are imported, follow it, and leave alone what others assert."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from fastapi import Response

from tests.membership.orcid.conftest import Member
from tests.support.callers import Caller
from tests.support.clock import at
from tests.support.institutions import ror
from tests.support.membership import INSTITUTIONS
from tests.support.orcid import FakeOrcid, summary

pytestmark = pytest.mark.usefixtures("worker")
NewOwner = Callable[..., Awaitable[Member]]
_NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "ended": 0, "failed": 0}
