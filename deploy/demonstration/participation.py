"""What the members of the demonstration take part in: an initiative with its supporters, a call, and what waits for a
decision about them."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from deploy.demonstration.accounts import Officials
from deploy.demonstration.governments import document
from deploy.demonstration.making import Day, Making, Verbs
from deploy.demonstration.people import PLACES
from deploy.demonstration.register import EXPERTS, Register
from services.membership.initiatives.initiatives import operations as initiatives
from services.membership.initiatives.initiatives.schemas import InitiativeBody
from services.membership.initiatives.supports import operations as supports
from services.membership.initiatives.supports.schemas import SupportBody
from services.membership.register.experts import operations as experts
from services.membership.register.experts.schemas import ExpertBody
from services.membership.selection.calls import operations as calls
from services.membership.selection.calls.schemas import CallBody
from services.membership.selection.nominations import operations as nominations
from services.membership.selection.nominations.schemas import NominationBody
from shared.kernel.clock import today
from shared.kernel.principal import Grant, Principal, PrincipalKind
from shared.records import pending

INITIATIVES = Verbs.of(initiatives, initiatives.INITIATIVES)
SUPPORTS = Verbs.of(supports, supports.SUPPORTS)
CALLS = Verbs.of(calls, calls.CALLS)
NOMINATIONS = Verbs.of(nominations, nominations.NOMINATIONS)
CODE = "RIVERS-DEMO"
_TEXT = "We measure our rivers, share what we measure, and give them room."
_SUPPORTERS = 8
"""How many of the experts of a country sign, and of them how many agree to be listed: three of four."""
_OFFICES = ("president", "secretary", "director", "member")
"""The accounts of the first four experts of Kappaland, whose roles follow from what they are there."""
_TWINS = ("aroha@uni.xl.example", "a.baumwell@waters.xl.example")
MEMBER = _OFFICES.index("member")
"""The place of the member among the experts of Kappaland."""
_NOON = time(12, tzinfo=UTC)


async def supported(making: Making, register: Register) -> None:
    """An initiative that is open since two years, with people and institutions that signed it, each on a day."""
    opened_on = making.ago(730)
    async with making.on(opened_on, "membership") as day:
        if await day.known("SELECT EXISTS (SELECT FROM member_initiative WHERE code = $1)", CODE):
            return
        body = InitiativeBody.model_validate(
            {
                "code": CODE,
                "titles": {"en": "Initiative for living rivers"},
                "texts": {"en": _TEXT},
                "adopted_at": opened_on.isoformat(),
                "opens": datetime.combine(opened_on, _NOON),
            }
        )
        initiative = await day.step(INITIATIVES, await day.enter(INITIATIVES, body), "open")
    for number in range(_SUPPORTERS):
        signed_on = making.ago(700 - 80 * number)
        async with making.on(signed_on, "membership") as day:
            for country in PLACES:
                active = register.active[country]
                if number < len(active):
                    await _signed(day, initiative.id, number % 4 != 3, expert_id=active[number], capacity="personal")
                if number < 3:
                    named = {"institution_id": register.institutions[country][number], "capacity": "organisation"}
                    await _signed(day, initiative.id, True, **named)


async def _signed(day: Day, initiative: UUID, is_listed: bool, **who: Any) -> None:
    body = SupportBody.model_validate(
        {
            "initiative_id": initiative,
            "signed_at": datetime.combine(day.day, time(7, tzinfo=UTC)),
            "consent_to_list": is_listed,
            "evidence": document("Signed form", day.day),
            **who,
        }
    )
    await day.step(SUPPORTS, await day.enter(SUPPORTS, body), "verify")


async def linked(
    making: Making, officials: Officials, accounts: Mapping[str, Mapping[str, str]], register: Register
) -> None:
    """The experts of Kappaland who have accounts, whose roles follow from their offices there. An administrator links
    them now: a role follows at once from what somebody did who held theirs then."""
    async with making.now("membership") as day:
        for name, key in zip(_OFFICES, register.experts["XJ"], strict=False):
            expert = await experts.EXPERTS.lock(day.uow, key)
            if expert.account_id is None:
                account = UUID(accounts[name]["account_id"])
                await day.step(EXPERTS, expert, "link_account", by=officials.admin, account_id=account)


async def called(
    making: Making, officials: Officials, accounts: Mapping[str, Mapping[str, str]], register: Register
) -> None:
    """An open call with the nomination of a member, who waits for their nominator."""
    code = f"FELLOWS-{making.last.year + 1}"
    async with making.on(making.ago(25), "membership") as day:
        if await day.known("SELECT EXISTS (SELECT FROM member_call WHERE code = $1)", code):
            return
        closes = datetime.combine(making.last + timedelta(days=40), _NOON)
        body = CallBody.model_validate(
            {
                "code": code,
                "kind": "membership",
                "titles": {"en": f"Fellows of {making.last.year + 1}"},
                "texts": {"en": "Five experts who have shown how a river recovers."},
                "opens": datetime.combine(making.ago(24), _NOON),
                "nominee_deadline": closes,
                "nominator_deadline": closes + timedelta(days=14),
                "criteria": [
                    {"key": "merit", "titles": {"en": "Merit"}, "weight": 2},
                    {"key": "plan", "titles": {"en": "Plan"}},
                ],
                "seats": 5,
                "panel": [
                    {"expert_id": register.experts[country][1], "office": office}
                    for country, office in (("XG", "chair"), ("XH", "member"), ("XL", "member"))
                ],
            }
        )
        drafted = await day.enter(CALLS, body, officials.admin)
    async with making.on(making.ago(20), "membership") as day:
        call: Any = await day.step(CALLS, await calls.CALLS.lock(day.uow, drafted.id), "open", by=officials.admin)
    async with making.now("membership") as day:
        key = register.experts["XJ"][MEMBER]
        grant = Grant("expert", "self", str(key), today(), None)
        member = Principal(PrincipalKind.ACCOUNT, UUID(accounts["member"]["account_id"]), "member", (grant,))
        nomination = NominationBody.model_validate(
            {
                "call_id": call.id,
                "nominator": {"name": "Dean Delacroix", "email": "dean@uni.xj.example", "office": "Dean"},
                "motivation": "Ten years of work on rivers that were given back their banks.",
                "documents": [{**document("Curriculum vitae", making.ago(40)), "kind": "cv"}],
                "interests": {"none": True},
            }
        )
        entered = await day.enter(NOMINATIONS, nomination, member)
        await day.step(NOMINATIONS, entered, "submit", by=member)


async def awaited(making: Making, officials: Officials, register: Register) -> None:
    """What waits for a decision: two records that may be of one person, and an exclusion for its second person."""
    async with making.on(making.ago(3), "membership") as day:
        if await day.known("SELECT EXISTS (SELECT FROM member_expert WHERE emails @> $1)", [{"value": _TWINS[0]}]):
            return
        twin = {
            "names": [{"given": "A.", "family": "Baumwell-Twin"}, {"full": "Aroha Baumwell-Twin"}],
            "country": "XL",
            "visibility": "network",
        }
        for email in _TWINS:
            body = ExpertBody.model_validate({**twin, "emails": [{"value": email}], "keywords": ["rivers"]})
            columns = {**body.model_dump(mode="json"), "status": "prospect"}
            await day.enter(EXPERTS, body, officials.officer, columns)
    async with making.on(making.last, "membership") as day:
        excluded = await experts.EXPERTS.lock(day.uow, register.active["XM"][-1])
        await day.act(
            officials.admin,
            partial(
                pending.add,
                day.uow,
                experts.EXPERTS,
                excluded,
                action="terminate",
                reason="Two opinions were sold as reviews.",
                fields={},
                second_person=None,
                concerned=frozenset(),
            ),
        )
