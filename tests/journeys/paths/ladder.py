"""The ladder of a country: the API provides the conditions of each rung."""

from tests.journeys.paths import actions, centres
from tests.journeys.paths.path import Path, PathRun, follows
from tests.journeys.paths.world import DOCUMENT, V1


def _first_letter(path_run: PathRun) -> None:
    body = {"country": path_run.country, "direction": "in", "date": "2026-09-01", "subject": "First contact"}
    path_run.create("government_focal_point", f"{V1['actions']}/correspondence", **body)


def _form(path_run: PathRun) -> None:
    partner = [path_run.world.institution(path_run.country, "Institute of Peat")["id"]]
    papers = {"decision": DOCUMENT, "bylaws": DOCUMENT, "host_institution_id": centres.host(path_run)}
    path = centres.committee(path_run, partner_institution_ids=partner, **papers)
    for office in ("president", "secretary", "member"):
        centres.seat(office)(path_run)
    path_run.by("committee_president").step(path, "form")


def _recognise(path_run: PathRun) -> None:
    path = f"{V1['centres']}/committees/{path_run.notes['committee']}"
    path_run.by("committee_president").step(path, "request_recognition")
    path_run.by("admin").step(path, "recognise")


def _run_all_four(path_run: PathRun) -> None:
    actions.planned(path_run)
    actions.approve_programme(path_run)
    for pillar in actions.PILLARS:
        for verb in ("approve", "start"):
            path_run.by("national_publisher").step(path_run.notes[pillar], verb)


def _verify_a_result(path_run: PathRun) -> None:
    path = actions.milestone(path_run, path_run.notes[actions.PILLARS[0]])
    path_run.by("national_author").step(path, "start")
    path_run.by("national_author").step(path, "claim", fields={"evidence": DOCUMENT})
    path_run.by("secretariat_officer").step(path, "verify")


LADDER = Path(
    "actions.countries",
    "MH",
    lambda path_run: f"{V1['actions']}/countries/{path_run.country}",
    "0",
    (
        follows("", "1", _first_letter),
        follows("", "2", _form),
        follows("", "3", _recognise),
        follows("", "4", centres.designated),
        follows("", "5", lambda path_run: centres.endorsement(path_run, level=3)),
        follows("", "6", _run_all_four),
        follows("", "7", _verify_a_result),
    ),
    status=lambda country: str(country["stage"]),
)
