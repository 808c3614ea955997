"""The path of a centre that was designated before it was entered, and that closes on a later day."""

import tempfile
from pathlib import Path as FilePath

from tests.journeys.paths.path import Path, PathRun, day, follows, later, refused, taken
from tests.journeys.paths.world import V1

_V1 = V1["centres"]


def _imported(path_run: PathRun) -> str:
    """A centre that the administrator imports."""
    by, number = path_run.by("admin"), f"EARLIER-{path_run.country}-1"
    host = path_run.world.institution(path_run.country, "Institute of Bogs")["ref"]
    with tempfile.TemporaryDirectory() as folder:
        file = FilePath(folder) / "centres.csv"
        row = f"{number},{path_run.country},Centre for Bogs,{host},{day(-400)},{day(400)}\n"
        file.write_text(f"registration_number,country,name,host,term_starts,term_ends\n{row}")
        by.upload(f"{_V1}/imports", file, resource="centres")
    found = by.get(f"{_V1}/centres", country=path_run.country, q=number)["items"]
    return str(found[0]["links"]["self"])


def _was_recorded(path_run: PathRun) -> None:
    lines = path_run.by("admin").get(f"{path_run.record}/history")["items"]
    assert [line["action"] for line in lines] == ["record_designation", "create"]


def _close(path_run: PathRun) -> None:
    path_run.by("admin").step(path_run.record, "close", reason="It moves", fields={"effective": day(20)})


PATHS = (
    Path(
        "centres.centres",
        "TO",
        _imported,
        "active",
        (
            follows("record_designation", "active", _was_recorded),
            refused("admin", "revoke_closure", "closure_not_pending", _close),
            taken("admin", "revoke_closure", "active"),
            taken("admin", "close", "active", effective=day(20)),
            follows("close_on_day", "closed", later("centres.apply_closures", 20)),
        ),
    ),
)
