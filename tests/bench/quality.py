"""`make bench-quality`: the precision of matching, on the lists of tests/data, or the whole ones if `ESCM_DATA` names
their folder. `QUALITY=affiliations` selects sections."""

import asyncio
import json
import os
import random
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from rich.console import Console
from rich.table import Table

from migrations.run import migrate
from services.membership.access import ROLES
from services.membership.register.institutions.operations import INSTITUTIONS
from services.membership.register.institutions.queries import matches
from services.membership.settings import MembershipSettings
from shared.database.pool import Database
from shared.kernel.principal import ANONYMOUS
from shared.kernel.text import fold
from shared.records.access_scope import access_scope_for
from tests.bench import quality_duplicates
from tests.bench.institutions import listed, load
from tests.bench.perturbations import PERTURBATIONS
from tests.bench.servers import Addresses, servers

DATA = Path(os.environ.pop("ESCM_DATA", "") or Path(__file__).parents[1] / "data")
RESULTS = Path(".local/quality.json")
EACH = 1000
"""Institutions that are matched under each perturbation."""
Figures: TypeAlias = dict[str, dict[str, float]]
console = Console()


class _Score:
    def __init__(self) -> None:
        self.asked = self.first = self.among = self.chosen = self.chosen_right = 0

    def add(self, found: list[tuple[UUID, bool]], meant: set[UUID]) -> None:
        self.asked += 1
        self.among += any(key in meant for key, _ in found)
        if found:
            key, chosen = found[0]
            self.first += key in meant
            self.chosen += chosen
            self.chosen_right += chosen and key in meant

    @property
    def figures(self) -> dict[str, float]:
        return {
            "asked": self.asked,
            "right_first": self.first / max(self.asked, 1),
            "right_among_five": self.among / max(self.asked, 1),
            "chosen": self.chosen / max(self.asked, 1),
            "chosen_right": self.chosen_right / self.chosen if self.chosen else 1.0,
        }


async def affiliations(connection: asyncpg.Connection, database: Database) -> Figures:
    """Perturbed names of the universities file: the share of right first candidates, and the share of the chosen that
    are right. Institutions of one country with equal folded names are not distinguished."""
    rows = await load(connection, listed(DATA / "universities.csv"))
    alike: dict[tuple[str, str], set[UUID]] = {}
    for row in rows:
        alike.setdefault((row["country"], fold(row["display_name"])), set()).add(row["id"])
    figures: Figures = {}
    total = _Score()
    for kind, perturb in PERTURBATIONS.items():
        for hint in (False, True):
            dice = random.Random(f"{kind} {hint}")
            score = _Score()
            for row in dice.sample(rows, min(EACH, len(rows))):
                if text := perturb(row, dice):
                    found = await _ask(database, text, row["country"] if hint else None)
                    meant = alike[row["country"], fold(row["display_name"])]
                    score.add(found, meant)
                    total.add(found, meant)
            figures[f"{kind}{' (country given)' if hint else ''}"] = score.figures
    return {**figures, "all": total.figures}


async def _ask(database: Database, text: str, country: str | None) -> list[tuple[UUID, bool]]:
    access = access_scope_for(ANONYMOUS, ROLES, INSTITUTIONS.resource)
    async with database.acquire() as connection:
        found = await matches(connection, access, text, country)
    return [(match.candidate.key, match.chosen) for match, _ in found[:5]]


async def duplicates(_connection: asyncpg.Connection, _database: Database) -> Figures:
    """Precision and recall of the search, on the lists of tests/data."""
    return await asyncio.to_thread(quality_duplicates.figures)


SECTIONS: Mapping[str, Callable[[asyncpg.Connection, Database], Awaitable[Figures]]] = {
    "affiliations": affiliations,
    "duplicates": duplicates,
}
"""Each fills an empty register, measures and returns its figures, by name."""


async def main(picked: list[str]) -> int:
    """Runs the sections and prints their figures."""
    async with servers() as at:
        await migrate(at.postgres)
        found = await measure(at, picked)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1))
    return 0


async def measure(at: Addresses, picked: list[str]) -> dict[str, Any]:
    """The figures of each section, printed as they come."""
    database = await Database.open(MembershipSettings(database_url=at.postgres).database_dsn(), size=2)
    connection = await asyncpg.connect(at.postgres)
    try:
        found: dict[str, Any] = {}
        for name, section in SECTIONS.items():
            if not picked or name in picked:
                found[name] = await section(connection, database)
                _show(name, found[name])
        return found
    finally:
        await connection.close()
        await database.close()


def _show(name: str, figures: Figures) -> None:
    headings = list(next(iter(figures.values())))
    table = Table(name, *(heading.replace("_", " ") for heading in headings))
    for what, values in figures.items():
        table.add_row(what, *(_text(values.get(heading)) for heading in headings))
    console.print(table)


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value > 1 else f"{value:.3f}"


if __name__ == "__main__":
    chosen = [name for name in os.environ.get("QUALITY", "").split(",") if name]
    sys.exit(asyncio.run(main(chosen)))
