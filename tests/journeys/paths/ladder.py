"""The ladder of a country: what each rung asks for is given over the API."""

from tests.journeys.paths import actions, centres
from tests.journeys.paths.walking import Path, Walk, follows
from tests.journeys.paths.world import DOCUMENT, V1


def _first_letter(walk: Walk) -> None:
    body = {"country": walk.country, "direction": "in", "date": "2026-09-01", "subject": "First contact"}
    walk.create("government_focal_point", f"{V1['actions']}/correspondence", **body)


def _form(walk: Walk) -> None:
    partner = [walk.world.institution(walk.country, "Institute of Peat")["id"]]
    papers = {"decision": DOCUMENT, "bylaws": DOCUMENT, "host_institution_id": centres.host(walk)}
    path = centres.committee(walk, partner_institution_ids=partner, **papers)
    for office in ("president", "secretary", "member"):
        centres.seat(office)(walk)
    walk.by("committee_president").step(path, "form")


def _recognise(walk: Walk) -> None:
    path = f"{V1['centres']}/committees/{walk.notes['committee']}"
    walk.by("committee_president").step(path, "request_recognition")
    walk.by("admin").step(path, "recognise")


def _run_all_four(walk: Walk) -> None:
    actions.planned(walk)
    actions.approve_programme(walk)
    for pillar in actions.PILLARS:
        for verb in ("approve", "start"):
            walk.by("national_publisher").step(walk.notes[pillar], verb)


def _verify_a_result(walk: Walk) -> None:
    path = actions.milestone(walk, walk.notes[actions.PILLARS[0]])
    walk.by("national_author").step(path, "start")
    walk.by("national_author").step(path, "claim", fields={"evidence": DOCUMENT})
    walk.by("secretariat_officer").step(path, "verify")


LADDER = Path(
    "actions.countries",
    "MH",
    lambda walk: f"{V1['actions']}/countries/{walk.country}",
    "0",
    (
        follows("", "1", _first_letter),
        follows("", "2", _form),
        follows("", "3", _recognise),
        follows("", "4", centres.designated),
        follows("", "5", lambda walk: centres.endorsement(walk, level=3)),
        follows("", "6", _run_all_four),
        follows("", "7", _verify_a_result),
    ),
    status=lambda country: str(country["stage"]),
)
