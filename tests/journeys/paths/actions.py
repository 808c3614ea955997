"""The paths of actions: letters and endorsements of a government, programmes with their actions and milestones."""

from functools import partial
from typing import Any

from tests.journeys.paths import evidence
from tests.journeys.paths.centres import committee, endorsement, host
from tests.journeys.paths.path import (
    Path,
    PathRun,
    agreed,
    change,
    day,
    follows,
    given,
    later,
    refused,
    taken,
)
from tests.journeys.paths.world import DOCUMENT, V1

_V1 = V1["actions"]
_AUTHOR, _PUBLISHER, _OFFICER = "national_author", "national_publisher", "secretariat_officer"
_FOCAL_POINT = "government_focal_point"
PILLARS = ("action-1", "action-2", "action-3")
_BASELINE = {"value": 12, "unit": "stations", "date": "2026"}
_WAIVER = {"reason": "The ministry is being formed"}


def programme(path_run: PathRun) -> str:
    """A programme under a separate framework, which ended yesterday."""
    code, path_run.notes["framework"] = path_run.world.framework(valid_to=day(-1))
    made = path_run.create(_AUTHOR, f"{_V1}/programmes", country=path_run.country, framework=code)
    path_run.notes["programme"] = made["id"]
    return str(made["links"]["self"])


def action(path_run: PathRun, pillar: str = "core", **more: Any) -> str:
    """A proposed action of the run's programme."""
    body = {"programme_id": path_run.notes["programme"], "pillar": pillar, "titles": {"en": f"Work on {pillar}"}}
    made = path_run.create(_AUTHOR, f"{_V1}/actions", **body, **more)
    path_run.notes[pillar] = str(made["links"]["self"])
    return str(path_run.notes[pillar])


def actions(path_run: PathRun) -> None:
    """One action for each pillar, without the baseline figures."""
    for pillar in PILLARS:
        action(path_run, pillar)


def baselines(path_run: PathRun) -> None:
    for pillar in PILLARS:
        path_run.by(_AUTHOR).change(path_run.notes[pillar], {"baseline": _BASELINE})


def centre(path_run: PathRun) -> str:
    """A centre of the country, in draft; its id."""
    body = {
        "country": path_run.country,
        "names": {"en": f"Centre of {path_run.country}"},
        "host_institution_id": host(path_run),
    }
    made = path_run.create("committee_secretary", f"{V1['centres']}/centres", **body)
    return str(made["id"])


def planned(path_run: PathRun) -> str:
    """The first action of a programme that has its actions, baselines and centre, and is not submitted."""
    path_run.notes["path"] = programme(path_run)
    if "committee" not in path_run.notes:
        committee(path_run)
    path_run.by(_AUTHOR).step(path_run.notes["path"], "launch")
    actions(path_run)
    baselines(path_run)
    path_run.by(_AUTHOR).change(path_run.notes["path"], {"centre_id": centre(path_run)})
    return str(path_run.notes[PILLARS[0]])


def approve_programme(path_run: PathRun) -> None:
    """The run's programme is submitted and approved."""
    path_run.by(_AUTHOR).step(path_run.notes["path"], "submit_plan")
    path_run.by(_OFFICER).step(path_run.notes["path"], "approve")


def _approved(path_run: PathRun) -> str:
    planned(path_run)
    approve_programme(path_run)
    return str(path_run.notes["path"])


def milestone(path_run: PathRun, action_path: str) -> str:
    """A pending milestone of an action, which needs evidence."""
    body = {"action_id": action_path.rpartition("/")[2], "titles": {"en": "First samples"}, "due": day(90)}
    return str(path_run.create(_AUTHOR, f"{_V1}/milestones", **body)["links"]["self"])


def _milestone_of_an_action(path_run: PathRun) -> str:
    programme(path_run)
    return milestone(path_run, action(path_run))


def _open_milestone(path_run: PathRun) -> None:
    path_run.notes["milestone"] = milestone(path_run, path_run.record)


def _drop_milestone(path_run: PathRun) -> None:
    path_run.by(_AUTHOR).step(path_run.notes["milestone"], "drop", reason="The site is flooded")


def _end_actions(path_run: PathRun) -> None:
    for pillar in PILLARS:
        path_run.by(_PUBLISHER).step(path_run.notes[pillar], "cancel", reason="The plan has changed")


def extend_framework(path_run: PathRun) -> None:
    """The framework of the run's programme is valid without an end."""
    path_run.by("admin").change(path_run.notes["framework"], {"valid_to": None})


def entered(plural: str, by: str = _FOCAL_POINT, **body: Any) -> Any:
    """Enters a record of the country."""

    def start(path_run: PathRun) -> str:
        return str(path_run.create(by, f"{_V1}/{plural}", country=path_run.country, **body)["links"]["self"])

    return start


def _claimed(by: str = _FOCAL_POINT, **more: Any) -> Any:
    return entered("endorsements", by, body={"name": "Ministry", "kind": "ministry"}, level=2, **more)


def _evidence(path_run: PathRun, **more: str) -> str:
    made = path_run.by(_AUTHOR).send_evidence(b"The minutes", country=path_run.country, **more)
    return str(made["links"]["self"])


def _letter_with_evidence(path_run: PathRun) -> None:
    """A closed letter among the files of evidence."""
    document = {"title": "Letter", "date": day(), "evidence_id": path_run.id}
    path_run.by(_FOCAL_POINT).step(_letter("in", document=document)(path_run), "close")


def _framework(path_run: PathRun) -> str:
    return path_run.world.framework()[1]


def _letter(direction: str, **more: Any) -> Any:
    return entered("correspondence", direction=direction, date=day(), subject="About peat", **more)


def _reply(path_run: PathRun) -> None:
    body = {"country": path_run.country, "direction": "in", "date": day(), "subject": "Re: About peat"}
    path_run.create(_FOCAL_POINT, f"{_V1}/correspondence", reply_to=path_run.id, **body)


PATHS = (
    Path(
        "actions.programmes",
        "KI",
        programme,
        "exploring",
        (
            refused(_AUTHOR, "launch", "committee_missing", committee),
            taken(_AUTHOR, "launch", "designing"),
            refused(_AUTHOR, "submit_plan", "actions_missing", actions),
            refused(_AUTHOR, "submit_plan", "centre_missing", change(_AUTHOR, centre_id=centre)),
            refused(_AUTHOR, "submit_plan", "baselines_missing", baselines),
            taken(_AUTHOR, "submit_plan", "plan_review"),
            taken(_OFFICER, "return", "designing"),
            taken(_AUTHOR, "submit_plan", "plan_review"),
            taken(_OFFICER, "approve", "approved"),
            refused(_PUBLISHER, "start", "framework_not_valid", extend_framework),
            refused(_PUBLISHER, "start", "waiver_not_permitted", waiver=_WAIVER),
            refused(_PUBLISHER, "start", "endorsement_missing", partial(endorsement, level=3)),
            taken(_PUBLISHER, "start", "implementing"),
            taken(_PUBLISHER, "pause", "paused"),
            taken(_PUBLISHER, "resume", "implementing"),
            refused(_PUBLISHER, "complete", "actions_open", _end_actions),
            taken(_PUBLISHER, "complete", "completed"),
        ),
    ),
    Path(
        "actions.programmes",
        "FM",
        _approved,
        "approved",
        (
            given(extend_framework),
            agreed("admin", "admin2", "start", "implementing", waiver=_WAIVER),
            taken(_PUBLISHER, "pause", "paused"),
            taken("admin", "discontinue", "discontinued"),
        ),
    ),
    Path(
        "actions.actions",
        "PW",
        planned,
        "proposed",
        (
            taken(_PUBLISHER, "approve", "planned"),
            refused(_PUBLISHER, "start", "programme_not_approved", approve_programme),
            taken(_PUBLISHER, "start", "in_progress"),
            taken(_PUBLISHER, "suspend", "suspended"),
            taken(_PUBLISHER, "resume", "in_progress"),
            given(_open_milestone),
            taken(_PUBLISHER, "finish", "finalising"),
            refused(_PUBLISHER, "close", "milestones_open", _drop_milestone),
            taken(_PUBLISHER, "close", "closed"),
        ),
    ),
    Path(
        "actions.actions",
        "SB",
        lambda path_run: (programme(path_run), action(path_run))[1],
        "proposed",
        (taken(_PUBLISHER, "cancel", "cancelled"),),
    ),
    Path(
        "actions.milestones",
        "SB",
        _milestone_of_an_action,
        "pending",
        (
            taken(_AUTHOR, "start", "in_progress"),
            refused(_AUTHOR, "claim", "evidence_missing"),
            taken(_AUTHOR, "claim", "claimed", evidence=evidence.document),
            taken(_OFFICER, "refuse", "in_progress"),
            given(evidence.withdraw),
            refused(_AUTHOR, "claim", "evidence_not_available", evidence.restore),
            taken(_AUTHOR, "claim", "claimed"),
            refused(_PUBLISHER, "verify", "not_independent"),
            given(evidence.withdraw),
            refused(_OFFICER, "verify", "evidence_not_available", evidence.restore),
            taken(_OFFICER, "verify", "done"),
        ),
    ),
    Path("actions.milestones", "SB", _milestone_of_an_action, "pending", (taken(_AUTHOR, "drop", "dropped"),)),
    Path(
        "actions.endorsements",
        "SB",
        _claimed(_OFFICER),
        "claimed",
        (
            refused(_OFFICER, "verify", "document_missing", change(_OFFICER, document=evidence.document)),
            given(evidence.withdraw),
            refused(_OFFICER, "verify", "evidence_not_available", evidence.restore),
            refused(_OFFICER, "verify", "not_independent"),
            taken("admin", "verify", "verified"),
            taken(_OFFICER, "replace", "superseded"),
        ),
    ),
    Path(
        "actions.endorsements",
        "SB",
        _claimed(document=DOCUMENT),
        "claimed",
        (taken(_OFFICER, "verify", "verified"), taken(_OFFICER, "withdraw", "withdrawn")),
    ),
    Path(
        "actions.endorsements",
        "SB",
        _claimed(document=DOCUMENT, issued="2024-01-01", valid_to=day(-1)),
        "claimed",
        (
            taken(_OFFICER, "verify", "verified"),
            follows("expire", "expired", later("actions.expire_endorsements")),
        ),
    ),
    Path(
        "actions.correspondence",
        "SB",
        _letter("in"),
        "logged",
        (
            taken(_FOCAL_POINT, "await", "awaiting_reply"),
            taken(_FOCAL_POINT, "reply", "answered"),
            taken(_FOCAL_POINT, "close", "closed"),
        ),
    ),
    Path("actions.correspondence", "SB", _letter("out"), "sent", (follows("answer", "answered", _reply),)),
    Path(
        "actions.focal_points",
        "SB",
        entered("focal_points", person={"name": "Fia Focal"}),
        "nominated",
        (
            taken(_OFFICER, "accept", "active"),
            taken(_FOCAL_POINT, "hand_over", "handing_over"),
            taken(_OFFICER, "end", "ended"),
        ),
    ),
    Path(
        "actions.government_bodies",
        "SB",
        entered("government_bodies", names={"en": "M"}, kind="ministry"),
        "active",
        (),
    ),
    Path(
        "actions.evidence",
        "SB",
        _evidence,
        "available",
        (
            taken(_AUTHOR, "withdraw", "withdrawn"),
            taken(_AUTHOR, "restore", "available"),
            follows("supersede", "superseded", lambda path_run: _evidence(path_run, replaces_id=path_run.id)),
            taken(_AUTHOR, "withdraw", "withdrawn"),
            follows("purge", "purged", later("actions.purge_evidence", 91)),
        ),
    ),
    Path(
        "actions.evidence",
        "SB",
        _evidence,
        "available",
        (
            given(_letter_with_evidence),
            refused(_AUTHOR, "withdraw", "evidence_in_use"),
            agreed("admin", "admin2", "withdraw", "withdrawn"),
        ),
    ),
    Path("actions.meetings", "SB", entered("meetings", kind="online", date=day(), titles={"en": "First"}), "held", ()),
    Path("actions.frameworks", "SB", _framework, "current", ()),
)
