"""What lists say that a caller may create is what the caller may create, with a grant or without one."""

from uuid import UUID, uuid4

import pytest

from deploy.matrix.holders import PERSON, Holder, holders
from deploy.matrix.operations import operations
from deploy.matrix.responses import Class, Target, class_of
from shared.kernel.principal import Principal, PrincipalKind
from tests.authorization.conftest import Services
from tests.support.callers import CALLERS, Caller

_OWN = Target("XA", published=True, id="", seen_by="own")
_CREATIONS = [each for each in operations() if each.method == "POST" and each.path.count("/") == 3]
_HOLDERS = [each for each in holders() if each == PERSON or each.role in ("secretariat_officer", "national_author")]


@pytest.mark.parametrize("holder", _HOLDERS, ids=lambda each: each.name)
async def test_lists_say_what_their_caller_creates(
    services: Services, monkeypatch: pytest.MonkeyPatch, holder: Holder
) -> None:
    account = UUID(int=uuid4().int)
    grants = holder.principal("own").grants
    monkeypatch.setitem(CALLERS, str(account), Principal(PrincipalKind.ACCOUNT, account, holder.name, grants))
    said = set()
    answers = {}
    for operation in _CREATIONS:
        response = await Caller(services[operation.service], str(account)).get(
            f"{operation.path}?include=permitted&limit=1"
        )
        if response.status_code == 200:
            answers[operation.id] = class_of(operation, holder, _OWN, scope_id="own")
            if "create" in response.json()["permitted"]:
                said.add(operation.id)
    assert {each for each, answer in answers.items() if answer is Class.DONE} - said == set()
    assert {answers[each] for each in said} <= {Class.DONE, Class.UNKNOWN}
    assert len(said) > 5
