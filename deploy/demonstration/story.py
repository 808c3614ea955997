"""What happened in the countries of the demonstration, from the lowest rung of the ladder to the highest."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from deploy.demonstration import governments, networks, plans
from deploy.demonstration.accounts import Officials
from deploy.demonstration.making import Making
from deploy.demonstration.networks import Network
from deploy.demonstration.register import Register

_PROGRAMME = "SELECT id FROM action_programme WHERE country = $1 ORDER BY id LIMIT 1"
_Chapter = Callable[["Country"], Awaitable[None]]


class Country:
    """A country with what it has so far."""

    def __init__(self, making: Making, officials: Officials, register: Register, measures: plans.Measures, code: str):
        self.making, self.officials, self.measures = making, officials, measures
        self.code = code
        self.network = Network(code, register)
        self.ministry = UUID(int=0)
        """Nobody's until it is entered."""
        self.centre: Any = None
        self.programme: Any = None

    def ago(self, days: int) -> date:
        return self.making.ago(days)

    async def invited(self, days: int, *, is_answered: bool = True) -> None:
        await governments.invited(self.making, self.officials, self.code, self.ago(days), is_answered=is_answered)

    async def named(self, days: int) -> None:
        self.ministry = await governments.named(
            self.making, self.officials, self.code, self.ago(days), self.network.expert(4)
        )

    async def proposed(self, days: int) -> None:
        await networks.proposed(self.making, self.network, self.ago(days))

    async def formed(self, days: int) -> None:
        await networks.formed(self.making, self.network, self.ago(days))

    async def recognised(self, days: int) -> None:
        await networks.recognised(self.making, self.network, self.ago(days))

    async def endorsed(self, days: int, level: int) -> None:
        await governments.endorsed(self.making, self.officials, self.code, self.ago(days), level, self.ministry)

    async def recommended(self, days: int, number: int = 0) -> Any:
        return await networks.recommended(self.making, self.network, self.ago(days), number)

    async def applied(self, days: int, number: int, *steps: str, **more: Any) -> Any:
        return await networks.applied(self.making, self.network, self.ago(days), number, *steps, **more)

    async def designated(self, centre: Any, days: int, ends: date | None = None) -> Any:
        return await networks.designated(self.making, self.network, centre, self.ago(days), ends)

    async def reported(self, *last: str) -> None:
        """The annual reports on the years that have ended, the last of them after these steps alone."""
        await networks.reported(self.making, self.officials, self.centre, *([last] if last else []))

    async def asked(self, days: int, title: str, due: int, role: str) -> None:
        """A task of whoever has a role in the country, due so many days after the last one."""
        last = self.making.last + timedelta(days=due)
        await governments.asked(self.making, self.officials, self.code, self.ago(days), title, last, role)

    async def planned(self, days: int, submitted: int | None = None) -> None:
        """A programme whose plan was submitted, on the same day unless another is given."""
        self.programme = await plans.planned(
            *(self.making, self.officials, self.network, self.measures, self.ago(days), self.centre.id, self.ministry)
        )
        at = (self.making, self.network, self.programme, self.ago(days if submitted is None else submitted))
        self.programme = await plans.changed(*at, "submit_plan", self.officials.author)

    async def started(self, approved: int, begun: int) -> None:
        at = (self.making, self.officials, self.network)
        self.programme = await plans.approved(*at, self.programme, self.ago(approved))
        self.programme = await plans.started(*at, self.programme, self.ago(begun))

    async def done(self, days: int, most: int, *, is_verified: bool = True) -> None:
        at = (self.making, self.officials, self.network, self.programme)
        await plans.done(*at, self.ago(days), most, is_verified=is_verified)

    async def programme_id(self) -> UUID:
        """The programme of the country, which has one."""
        async with self.making.on(self.making.last, "actions") as opened:
            return UUID(str(await opened.uow.connection.fetchval(_PROGRAMME, self.code)))


async def deltaland(of: Country) -> None:
    """Stage 1: a letter, to which the answer is late."""
    await of.invited(75, is_answered=False)


async def epsilonland(of: Country) -> None:
    """Stage 2: a preparatory committee."""
    await of.invited(600)
    await of.named(520)
    await of.proposed(430)
    await of.formed(380)
    await of.applied(60, 0, "withdraw", is_complete=False)
    await of.asked(20, "Send the bylaws", 14, "committee_secretary")


async def zetaland(of: Country) -> None:
    """Stage 3: a scientific committee, and the first applications for centres."""
    await of.invited(800)
    await of.named(740)
    await of.proposed(700)
    await of.formed(640)
    await of.recognised(420)
    await of.applied(90, 0, is_complete=False)
    await of.applied(20, 1, "submit")
    await of.asked(15, "Check whether the application is complete", -5, "secretariat_officer")


async def etaland(of: Country) -> None:
    """Stage 4: a centre, by an endorsement of level 2."""
    await of.invited(900)
    await of.named(860)
    await of.proposed(820)
    await of.formed(760)
    await of.recognised(650)
    await of.endorsed(610, 2)
    of.centre = await of.designated(await of.recommended(590), 520)
    await of.reported("start")
    await of.applied(40, 1, "submit", "accept_complete")


async def thetaland(of: Country) -> None:
    """Stage 5: an endorsement of level 3, and a plan that is reviewed."""
    await of.invited(950)
    await of.named(910)
    await of.proposed(870)
    await of.formed(820)
    await of.recognised(700)
    await of.endorsed(660, 2)
    of.centre = await of.designated(await of.recommended(640), 560)
    await of.reported("start", "submit")
    await of.endorsed(300, 3)
    await of.planned(140, submitted=30)
    await of.applied(50, 1, "submit", "accept_complete", "request_info", reason="Who runs the laboratory?")


async def iotaland(of: Country) -> None:
    """Stage 6: a programme under way, whose first milestones are claimed and not verified."""
    await of.invited(980)
    await of.named(940)
    await of.proposed(900)
    await of.formed(850)
    await of.recognised(760)
    await of.endorsed(730, 2)
    of.centre = await of.designated(await of.recommended(700), 620)
    await of.endorsed(520, 4)
    await of.planned(200)
    await of.started(180, 170)
    await of.done(20, 1, is_verified=False)
    await of.recommended(80, 1)


async def kappaland(of: Country) -> None:
    """Stage 7: results of three years, and a centre that reported each year."""
    await of.invited(1_270)
    await of.named(1_255)
    await of.proposed(1_240)
    await of.formed(1_215)
    await of.recognised(1_180)
    await of.endorsed(1_170, 5)
    of.centre = await of.designated(await of.recommended(1_165), 1_125)
    await of.planned(1_115)
    await of.started(1_090, 1_075)
    for days in (955, 800, 600):
        await of.done(days, 1)
    await of.asked(10, "Plan the fourth year", 30, "national_author")
    await of.reported()
    await of.applied(200, 1, "submit", "accept_complete", "decline", reason="The host has no laboratory yet.")


async def lambdaland(of: Country) -> None:
    """Stage 7: results of three years, and centres whose term ends."""
    await of.invited(1_275)
    await of.named(1_250)
    await of.proposed(1_235)
    await of.formed(1_220)
    await of.recognised(1_190)
    await of.endorsed(1_175, 4)
    of.centre = await of.designated(await of.recommended(1_160), 1_120, ends=of.making.last + timedelta(days=140))
    await of.planned(1_110)
    await of.started(1_085, 1_070)
    for days in (950, 790):
        await of.done(days, 1)
    await of.reported()


async def muland(of: Country) -> None:
    """Stage 3, with an endorsement above the gap: of its centres one is suspended, one has expired, one has closed. Its
    programme is paused."""
    await of.invited(1_000)
    await of.named(960)
    await of.proposed(920)
    await of.formed(880)
    await of.recognised(800)
    await of.endorsed(780, 3)
    network, making = of.network, of.making
    of.centre = await of.designated(await of.recommended(760, 0), 690)
    closed = await of.designated(await of.recommended(750, 1), 680)
    await of.designated(await of.recommended(745, 3), 670, ends=of.ago(120))
    await of.planned(640)
    await of.started(620, 610)
    await networks.changed(
        *(making, network, closed, of.ago(200), "close"),
        reason="The host merged with another.", cause="host_withdrew",
        public_note="The host institution withdrew.",
    )  # fmt: skip
    await networks.changed(
        *(making, network, of.centre, of.ago(100), "suspend"),
        reason="Two annual reports are late.", public_note="Suspended until its reports have arrived.",
    )  # fmt: skip
    paused = (making, network, of.programme, of.ago(95), "pause", of.officials.publisher)
    await plans.changed(*paused, reason="The centre is suspended.")


CHAPTERS: dict[str, _Chapter] = {
    "XD": deltaland,
    "XE": epsilonland,
    "XF": zetaland,
    "XG": etaland,
    "XH": thetaland,
    "XI": iotaland,
    "XJ": kappaland,
    "XL": lambdaland,
    "XM": muland,
}
REPORTING = {"XJ": ("publish", "publish"), "XL": ("approve", "submit")}
"""The countries with results and progress reports of three years, and how far those of the last year are."""
