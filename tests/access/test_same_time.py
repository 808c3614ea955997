"""The time of a rejection does not disclose whether the account or the client exists."""

import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from argon2 import extract_parameters

from services.access.accounts.passwords import PasswordChecks, hash_password
from services.access.tokens.domain import Secret
from services.access.tokens.operations import give_token
from shared.kernel.errors import EscmError
from tests.access.caller import Caller

_FREE_TRIES = 5
"""Wrong passwords of one address before it is locked."""
_ALARM = 5.0
"""Standard deviations: equal distributions differ by more once in 1.7 million runs."""


class CountedChecks(PasswordChecks):
    """Records the parameters of each password hash that is computed."""

    def __init__(self) -> None:
        super().__init__()
        self.worked: list[Any] = []

    async def matches(self, stored: str | None, password: str) -> bool:
        right = await super().matches(stored, password)
        assert self._dummy is not None
        self.worked.append(extract_parameters(stored or self._dummy))
        return right


async def known_addresses(caller: Caller, count: int) -> list[str]:
    emails = [f"{uuid4().hex}@example.org" for _ in range(count)]
    for email in emails:
        await caller.enter_person(email, "a long enough password")
    return emails


def unknown_addresses(count: int) -> list[str]:
    return [f"{uuid4().hex}@nowhere.example" for _ in range(count)]


async def test_a_wrong_password_costs_the_same_work_whether_the_account_exists(app: Any, caller: Caller) -> None:
    checks = CountedChecks()
    token_service = replace(app.state.token_service, passwords=checks)
    for username in (*await known_addresses(caller, 1), *unknown_addresses(1)):
        with pytest.raises(EscmError) as refusal:
            await give_token(
                token_service, {"grant_type": "password", "username": username, "password": "x"}, None, "192.0.2.1"
            )
        assert refusal.value.code == "invalid_grant"
    known, unknown = checks.worked
    assert known == unknown == extract_parameters(await hash_password("any"))


async def test_passwords_take_as_long_for_accounts_that_exist_as_for_others(app: Any, caller: Caller) -> None:
    known, unknown = await known_addresses(caller, 16), unknown_addresses(16)

    async def log_in(username: str) -> None:
        form = {"grant_type": "password", "username": username, "password": "wrong-password"}
        with pytest.raises(EscmError) as refusal:
            await give_token(app.state.token_service, form, None, "192.0.2.2")
        assert refusal.value.code == "invalid_grant"

    await log_in(unknown_addresses(1)[0])
    assert abs(await distance(log_in, known * _FREE_TRIES, unknown * _FREE_TRIES)) < _ALARM


async def test_secrets_take_as_long_for_clients_that_exist_as_for_others(app: Any, caller: Caller) -> None:
    async def show(client_id: str) -> None:
        shown = Secret(client_id, "wrong-secret")
        with pytest.raises(EscmError) as refusal:
            await give_token(app.state.token_service, {"grant_type": "client_credentials"}, shown, "192.0.2.3")
        assert refusal.value.code == "invalid_client"

    known = caller.demo["clients"]["auditor"]["id"]
    await show(known)
    assert abs(await distance(show, [known] * 150, [f"demo-{uuid4().hex[:7]}" for _ in range(150)])) < _ALARM


def test_the_rank_test_sees_what_is_apart_and_nothing_else() -> None:
    assert abs(rank_distance([(n, bool(n % 2)) for n in range(160)])) < 1
    assert rank_distance([(n, n >= 80) for n in range(160)]) > 2 * _ALARM


async def distance(act: Callable[[str], Awaitable[None]], one: list[str], other: list[str]) -> float:
    """The distance of the times of two kinds, by `rank_distance`, measured in mixed order, so that other load of the
    machine affects both alike."""
    kinds = [(argument, True) for argument in one] + [(argument, False) for argument in other]
    random.SystemRandom().shuffle(kinds)
    samples = []
    for argument, is_one in kinds:
        begin = time.perf_counter_ns()
        await act(argument)
        samples.append((time.perf_counter_ns() - begin, is_one))
    return rank_distance(samples)


def rank_distance(samples: list[tuple[int, bool]]) -> float:
    """The rank sum of the kind marked True (Mann and Whitney), in standard deviations from its expected value."""
    ranks = sum(rank for rank, (_, is_one) in enumerate(sorted(samples), start=1) if is_one)
    n = sum(is_one for _, is_one in samples)
    m = len(samples) - n
    return (ranks - n * (n + m + 1) / 2) / math.sqrt(n * m * (n + m + 1) / 12)
