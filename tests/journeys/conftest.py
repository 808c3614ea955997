"""Journeys run against the whole system."""

from tests.support.running import running, secretariat

__all__ = ["running", "secretariat"]
