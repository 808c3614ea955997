"""The paths of actions: what a government says and signs, programmes with their actions and milestones."""

from functools import partial
from typing import Any

from tests.journeys.paths.centres import committee, endorsement, host
from tests.journeys.paths.walking import (
    Path,
    Walk,
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


def programme(walk: Walk) -> str:
    """A programme under a framework of its own, which is over since yesterday."""
    code, walk.notes["framework"] = walk.world.framework(valid_to=day(-1))
    made = walk.create(_AUTHOR, f"{_V1}/programmes", country=walk.country, framework=code)
    walk.notes["programme"] = made["id"]
    return str(made["links"]["self"])


def action(walk: Walk, pillar: str = "core", **more: Any) -> str:
    """A proposed action of the walk's programme."""
    body = {"programme_id": walk.notes["programme"], "pillar": pillar, "titles": {"en": f"Work on {pillar}"}}
    made = walk.create(_AUTHOR, f"{_V1}/actions", **body, **more)
    walk.notes[pillar] = str(made["links"]["self"])
    return str(walk.notes[pillar])


def actions(walk: Walk) -> None:
    """One action for each pillar, without the figures that their progress is measured from."""
    for pillar in PILLARS:
        action(walk, pillar)


def baselines(walk: Walk) -> None:
    for pillar in PILLARS:
        walk.by(_AUTHOR).change(walk.notes[pillar], {"baseline": _BASELINE})


def centre(walk: Walk) -> str:
    """A centre of the country, in draft; its id."""
    body = {"country": walk.country, "names": {"en": f"Centre of {walk.country}"}, "host_institution_id": host(walk)}
    made = walk.create("committee_secretary", f"{V1['centres']}/centres", **body)
    return str(made["id"])


def planned(walk: Walk) -> str:
    """The first action of a programme that has its actions, baselines and centre, and is not submitted yet."""
    walk.notes["path"] = programme(walk)
    if "committee" not in walk.notes:
        committee(walk)
    walk.by(_AUTHOR).step(walk.notes["path"], "launch")
    actions(walk)
    baselines(walk)
    walk.by(_AUTHOR).change(walk.notes["path"], {"centre_id": centre(walk)})
    return str(walk.notes[PILLARS[0]])


def approve_programme(walk: Walk) -> None:
    """The walk's programme is submitted and approved."""
    walk.by(_AUTHOR).step(walk.notes["path"], "submit_plan")
    walk.by(_OFFICER).step(walk.notes["path"], "approve")


def _approved(walk: Walk) -> str:
    planned(walk)
    approve_programme(walk)
    return str(walk.notes["path"])


def milestone(walk: Walk, action_path: str) -> str:
    """A pending milestone of an action, which asks for evidence."""
    body = {"action_id": action_path.rpartition("/")[2], "titles": {"en": "First samples"}, "due": day(90)}
    return str(walk.create(_AUTHOR, f"{_V1}/milestones", **body)["links"]["self"])


def _milestone_of_an_action(walk: Walk) -> str:
    programme(walk)
    return milestone(walk, action(walk))


def _open_milestone(walk: Walk) -> None:
    walk.notes["milestone"] = milestone(walk, walk.record)


def _drop_milestone(walk: Walk) -> None:
    walk.by(_AUTHOR).step(walk.notes["milestone"], "drop", reason="The site is flooded")


def _end_actions(walk: Walk) -> None:
    for pillar in PILLARS:
        walk.by(_PUBLISHER).step(walk.notes[pillar], "cancel", reason="The plan has changed")


def extend_framework(walk: Walk) -> None:
    """The framework of the walk's programme is valid without end."""
    walk.by("admin").change(walk.notes["framework"], {"valid_to": None})


def _entered(plural: str, by: str = _FOCAL_POINT, **body: Any) -> Any:
    def start(walk: Walk) -> str:
        return str(walk.create(by, f"{_V1}/{plural}", country=walk.country, **body)["links"]["self"])

    return start


def _claimed(by: str = _FOCAL_POINT, **more: Any) -> Any:
    return _entered("endorsements", by, body={"name": "Ministry", "kind": "ministry"}, level=2, **more)


def _framework(walk: Walk) -> str:
    return walk.world.framework()[1]


def _letter(direction: str) -> Any:
    return _entered("correspondence", direction=direction, date=day(), subject="About peat")


def _reply(walk: Walk) -> None:
    body = {"country": walk.country, "direction": "in", "date": day(), "subject": "Re: About peat"}
    walk.create(_FOCAL_POINT, f"{_V1}/correspondence", reply_to=walk.id, **body)


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
        lambda walk: (programme(walk), action(walk))[1],
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
            taken(_AUTHOR, "claim", "claimed", evidence=DOCUMENT),
            taken(_OFFICER, "refuse", "in_progress"),
            taken(_AUTHOR, "claim", "claimed", evidence=DOCUMENT),
            refused(_PUBLISHER, "verify", "not_independent"),
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
            refused(_OFFICER, "verify", "document_missing", change(_OFFICER, document=DOCUMENT)),
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
        _entered("focal_points", person={"name": "Fia Focal"}),
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
        _entered("government_bodies", names={"en": "M"}, kind="ministry"),
        "active",
        (),
    ),
    Path("actions.meetings", "SB", _entered("meetings", kind="online", date=day(), titles={"en": "First"}), "held", ()),
    Path("actions.frameworks", "SB", _framework, "current", ()),
)
