"""Years that pass in a system of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, TypeVar

from shared.kernel.clock import today
from tests.journeys.paths.path import Path, PathRun
from tests.journeys.paths.world import V1, World
from tests.support.past import days_pass
from tests.support.running import Client, system

YEAR = 365
OFFICER = "secretariat_officer"
Lived = TypeVar("Lived", bound="Years")


class Years:
    """A country in a running system, where days pass. `day` counts them: it is 0 at first, and today."""

    def __init__(self, running: dict[str, Any], world: World, country: str) -> None:
        self._database: str = running["database_url"]
        self.world = world
        self.run = PathRun(world, Path("years", country, lambda _run: "", "", ()))
        self.country = country
        self.admin, self.officer = self.run.by("admin"), self.run.by(OFFICER)
        self.day = 0

    def pass_days(self, days: int, *schedules: str) -> None:
        """Days pass, and workers run these schedules, `<service>.<name>`."""
        days_pass(self._database, days)
        self.day += days
        for schedule in schedules:
            self.world.time_passes(schedule, 0)

    def date_of(self, day: int) -> date:
        """A day of the story in the present calendar."""
        return today() - timedelta(days=self.day - day)

    def work(self, by: Client, service: str) -> list[tuple[str, str, str]]:
        """What waits for a caller in a service: the kind and the id of the record, and the step."""
        found = by.get(f"{V1['access']}/work_list", service=service, limit="200")
        assert found["next"] is None
        return sorted((one["resource"], one["id"], one["verb"]) for one in found["items"])


@contextmanager
def living(make: Callable[[dict[str, Any], World], Lived]) -> Iterator[Lived]:
    """What is made in a system of its own, which ends with it."""
    with system(ESCM_GRANTS_BELIEVED="1") as (stack, folder):
        running = {**stack, "folder": str(folder)}
        world = World(running)
        try:
            yield make(running, world)
        finally:
            world.close()
