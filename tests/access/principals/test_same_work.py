"""The work of a rejection does not disclose whether the account or the client exists: it hashes and reads the same."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from argon2 import extract_parameters

from services.access.principals.accounts.passwords import PasswordChecks, hash_password
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.domain import Secret
from services.access.principals.tokens.operations import give_token
from shared.kernel.errors import EscmError
from tests.access.caller import Caller
from tests.support.statements import Recorded


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


@pytest.fixture
def recorded(app: Any) -> TokenService:
    """The service of tokens with a database that records, and checks that count."""
    whole = app.state.token_service
    return replace(whole, database=Recorded(whole.database), passwords=CountedChecks())


async def _work(service: Any, code: str, form: Any, shown: Secret | None) -> tuple[list[str], list[Any]]:
    """The statements and the hashes of a rejection with this code."""
    before = len(service.passwords.worked)
    with pytest.raises(EscmError) as refusal:
        await give_token(service, form, shown, "192.0.2.1")
    assert refusal.value.code == code
    return service.database.take(), service.passwords.worked[before:]


async def test_a_wrong_password_is_the_same_work_whether_the_account_exists(
    recorded: TokenService, caller: Caller
) -> None:
    known = f"{uuid4().hex}@example.org"
    await caller.enter_person(known, "a long enough password")
    work = [
        await _work(
            recorded, "invalid_grant", {"grant_type": "password", "username": username, "password": "wrong"}, None
        )
        for username in (known, f"{uuid4().hex}@nowhere.example")
    ]
    assert work[0] == work[1]
    assert work[0][1] == [extract_parameters(await hash_password("any"))]
    assert len(work[0][0]) > 2


async def test_a_wrong_secret_is_the_same_work_whether_the_client_exists(
    recorded: TokenService, caller: Caller
) -> None:
    work = [
        await _work(recorded, "invalid_client", {"grant_type": "client_credentials"}, Secret(client, "wrong-secret"))
        for client in (caller.demo["clients"]["auditor"]["id"], f"demo-{uuid4().hex[:7]}")
    ]
    assert work[0] == work[1]
    assert len(work[0][0]) > 0
