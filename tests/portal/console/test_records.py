"""Lists, records, forms and steps of the console, by people with their own tokens."""

import pytest

from services.portal.console.describing.resources import kinds
from tests.portal.console.conftest import Officer  # noqa: F401
