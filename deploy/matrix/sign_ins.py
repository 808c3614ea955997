"""What operations ask of the sign-in of a person, from the contract."""

from collections.abc import Iterator
from typing import NamedTuple

from deploy.matrix.contract import described_operations
from shared.web.contract.route_options import STEP_UP


class SignIn(NamedTuple):
    """An operation, in which cases it asks, for which level, and how many seconds ago at most."""

    operation: str
    cases: str
    level: str
    seconds: str


def sign_ins() -> Iterator[SignIn]:
    """What each operation asks, in the order of the contract."""
    for _, path, method, described, _ in described_operations().values():
        if asked := described.get(STEP_UP):
            for action, one in asked.get("actions", {"": asked}).items():
                cases = " ".join(part for part in (action and f"`{action}`", one.get("when", "")) if part)
                yield SignIn(f"`{method.upper()} {path}`", cases, one["level"], str(one["max_age"]))
