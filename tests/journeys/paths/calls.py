"""The paths of calls, nominations and scores."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.journeys.paths import evidence
from tests.journeys.paths.path import Act, Path, PathRun, change, follows, given, later, refused, taken
from tests.journeys.paths.world import DOCUMENT, V1, World
from tests.support.running import eventually

_V1 = V1["membership"]
_OFFICER = "secretariat_officer"
_PANEL = ("chair", "member", "third")
_CV = {**DOCUMENT, "kind": "cv"}
_COUNTRY = "PG"


def _after(schedule: str, status: str, of: Callable[[PathRun], str]) -> Act:
    """Runs a schedule three days ahead until a record is in a state: rows that a transaction locks are left out."""

    def act(path_run: PathRun) -> None:
        def is_there() -> bool:
            later(f"membership.{schedule}", 3)(path_run)
            return bool(path_run.by("secretariat").get(of(path_run))["status"] == status)

        eventually(is_there)

    return act


_ASSESS = _after("end_calls", "assessing", lambda path_run: str(path_run.notes["call"]))


def _in(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def _call(path_run: PathRun, **more: Any) -> str:
    """A draft of a call of the path's country, whose time for nominations ends in two days."""
    body = {
        "code": f"P-{uuid4().hex[:12].upper()}",
        "kind": "evaluation",
        "titles": {"en": "Evaluators"},
        "country": path_run.country,
        "opens": "2026-01-01T00:00:00Z",
        "nominee_deadline": _in(days=1),
        "nominator_deadline": _in(days=2),
        "criteria": [{"key": "merit", "titles": {"en": "Merit"}}],
        "seats": 1,
        **more,
    }
    path_run.notes["call"] = path = str(path_run.create("admin", f"{_V1}/calls", **body)["links"]["self"])
    return path


def _late_call(path_run: PathRun) -> str:
    return _call(path_run, nominee_deadline="2026-01-02T00:00:00Z", nominator_deadline="2026-01-03T00:00:00Z")


def expert_with_account(path_run: PathRun, who: str) -> str:
    """An expert with an account, who is a caller of the run from then on."""
    person = path_run.notes[who] = path_run.world.person(who.title())
    made = path_run.world.expert(path_run.country, f"{who.title()} {uuid4().hex[:8]}")
    path = str(made["links"]["self"])
    path_run.by("admin").step(path, "link_account", fields={"account_id": person.account})
    eventually(lambda: "gender" in person.look(path).json())
    path_run.notes[f"{who} as expert"] = path
    return str(made["id"])


def _open(path_run: PathRun, *panel: str, **more: Any) -> str:
    seats = [
        {"expert_id": expert_with_account(path_run, who), "office": "chair" if who == "chair" else "member"}
        for who in panel
    ]
    call = _call(path_run, panel=seats, **more)
    path_run.by("admin").step(call, "open")
    return call


def _draft(path_run: PathRun, who: str = "nominee", **more: Any) -> str:
    """A complete nomination of a new expert."""
    if who not in path_run.notes:
        expert_with_account(path_run, who)
    path_run.notes["nominator"] = address = f"{uuid4().hex}@example.org"
    body = {
        "call_id": path_run.notes["call"].rpartition("/")[2],
        "nominator": {"name": "Ana Example", "email": address},
        "documents": [_CV],
        "interests": {"none": True},
        **more,
    }
    return str(path_run.create(who, f"{_V1}/nominations", **body)["links"]["self"])


def _decide(decision: str) -> Callable[[PathRun], None]:
    """The nominator decides with the token of the mail."""

    def decide(path_run: PathRun) -> None:
        token = path_run.world.token_for(path_run.notes["nominator"], purpose="nomination")
        body = {"token": token, "decision": decision}
        sent = path_run.by("nominee").send("POST", f"{_V1}/nominations/confirmation", json=body)
        assert sent.status_code == 200, sent.text

    return decide


def _confirmed(path_run: PathRun, who: str = "nominee") -> str:
    path = _draft(path_run, who)
    path_run.by(who).step(path, "submit")
    _decide("confirm")(path_run)
    return path


def _incomplete(path_run: PathRun) -> str:
    """A draft without anything, to a call that opens in a moment."""
    eligible = {"categories": ["fellow"], "documents": ["letter"]}
    _open(path_run, opens=_in(seconds=20), eligibility=eligible, nominator_kinds=["institution"])
    expert_with_account(path_run, "nominee")
    return _draft(path_run, documents=[], interests=None, nominator=_oneself(path_run))


def _become_fellow(path_run: PathRun) -> None:
    path_run.by("admin").change(path_run.notes["nominee as expert"], {"category": "fellow"})


def _other_nominator(path_run: PathRun) -> dict[str, str]:
    path_run.notes["nominator"] = f"{uuid4().hex}@example.org"
    return {"name": "Bea Example", "email": path_run.notes["nominator"]}


def _oneself(path_run: PathRun) -> dict[str, str]:
    own = path_run.by("admin").get(path_run.notes["nominee as expert"])["emails"][0]["value"]
    return {"name": "Myself", "email": own}


def _of_institution(path_run: PathRun) -> dict[str, str]:
    return {**_other_nominator(path_run), "kind": "institution"}


def _other_address(_path_run: PathRun) -> dict[str, str]:
    return {"name": "Cem Example", "email": f"{uuid4().hex}@example.org"}


def _late(path_run: PathRun) -> str:
    """A draft to a call whose time for nominees has ended since."""
    expert_with_account(path_run, "nominee")
    deadline = _in(seconds=10)
    _open(path_run, nominee_deadline=deadline)
    path = _draft(path_run)
    eventually(lambda: _in() > deadline)
    return path


def _admit(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(path_run.record, "extend", reason="Ill", fields={"until": _in(days=5)})


def _awaiting(path_run: PathRun) -> str:
    _open(path_run)
    path = _draft(path_run)
    path_run.by("nominee").step(path, "submit")
    return path


def _of_panel(path_run: PathRun) -> str:
    """A nomination that the panel sees."""
    _open(path_run, *_PANEL)
    path = _confirmed(path_run)
    for who in _PANEL:
        eventually(lambda who=who: path_run.by(who).look(path).status_code == 200)  # type: ignore[misc]
    return path


def _score(path_run: PathRun, path: str = "") -> None:
    for who in ("member", "third"):
        path_run.by(who).create(f"{path or path_run.record}/scores", {"scores": {"merit": 4}})


def _of_full_call(path_run: PathRun) -> str:
    """A scored nomination to a call whose only seat another nominee has."""
    path = _of_panel(path_run)
    other = _confirmed(path_run, "other")
    _ASSESS(path_run)
    for one in (path, other):
        _score(path_run, one)
    path_run.by("admin").step(other, "select")
    return path


def _more_seats(path_run: PathRun) -> None:
    path_run.by("admin").change(path_run.notes["call"], {"seats": 2})


def _scored(path_run: PathRun) -> str:
    path = _of_panel(path_run)
    _ASSESS(path_run)
    made = path_run.by("member").create(f"{path}/scores", {"scores": {"merit": 4}})
    return str(made["links"]["self"])


def _recuse(path_run: PathRun) -> None:
    path_run.by("chair").step(path_run.record, "recuse", reason="A friend")


def _publish(path_run: PathRun) -> None:
    path_run.by("admin").step(path_run.notes["call"], "decide", fields={"document": DOCUMENT})
    path_run.by("admin").step(path_run.notes["call"], "publish")


def enter_results(world: World) -> None:
    """A call whose results name somebody, with a nomination and its scores."""
    path_run = PathRun(world, PATHS[0])
    nomination = _of_panel(path_run)
    path_run.by("nominee").change(nomination, {"consents": {"results": True}})
    _ASSESS(path_run)
    _score(path_run, nomination)
    path_run.by("chair").step(nomination, "select")
    _publish(path_run)


def _undecided(path_run: PathRun) -> str:
    """A call with a nomination that waits for the panel."""
    call = _open(path_run)
    path_run.notes["nomination"] = _confirmed(path_run)
    return call


def _pass_over(path_run: PathRun) -> None:
    path_run.by("admin").step(path_run.notes["nomination"], "pass_over")


def _status(record: Mapping[str, Any]) -> str:
    """The state; nominated, where a conflict of interest hides it."""
    return str(record.get("status", "nominated"))


def _with_letter(path_run: PathRun) -> list[dict[str, Any]]:
    return [_CV, {**evidence.document(path_run), "kind": "letter"}]


PATHS = (
    Path(
        "membership.calls",
        _COUNTRY,
        _late_call,
        "draft",
        (
            refused(
                "admin",
                "open",
                "deadline_passed",
                change("admin", nominee_deadline=_in(days=1), nominator_deadline=_in(days=2)),
            ),
            taken(_OFFICER, "open", "open"),
            taken(_OFFICER, "extend", "open", nominee_deadline=_in(days=1, hours=1)),
            follows("assess", "assessing", _ASSESS),
            refused(_OFFICER, "decide", "document_missing"),
            taken(_OFFICER, "decide", "decided", document=DOCUMENT),
            taken(_OFFICER, "publish", "published"),
        ),
    ),
    Path(
        "membership.calls",
        _COUNTRY,
        _undecided,
        "open",
        (
            follows("assess", "assessing", _ASSESS),
            refused("admin", "decide", "nominations_undecided", _pass_over, document=DOCUMENT),
            taken("admin", "decide", "decided", document=DOCUMENT),
            taken("admin", "cancel", "cancelled"),
        ),
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _incomplete,
        "draft",
        (
            refused("admin", "submit", "not_the_person"),
            refused("nominee", "submit", "call_not_open"),
            refused("nominee", "submit", "not_eligible", _become_fellow),
            refused("nominee", "submit", "cv_missing", change("nominee", documents=[_CV])),
            refused(
                "nominee",
                "submit",
                "documents_missing",
                change("nominee", documents=_with_letter),
            ),
            given(evidence.withdraw),
            refused("nominee", "submit", "evidence_not_available", evidence.restore),
            refused("nominee", "submit", "interests_missing", change("nominee", interests={"none": True})),
            refused("nominee", "submit", "self_nomination", change("nominee", nominator=_other_nominator)),
            refused("nominee", "submit", "nominator_not_eligible", change("nominee", nominator=_of_institution)),
            taken("nominee", "submit", "awaiting_nominator"),
            refused("admin", "change_nominator", "not_the_person"),
            refused("nominee", "change_nominator", "self_nomination", nominator=_oneself),
            refused("nominee", "change_nominator", "nominator_not_eligible", nominator=_other_address),
            *(taken("nominee", "change_nominator", "awaiting_nominator", nominator=_of_institution) for _ in range(4)),
            refused("nominee", "change_nominator", "too_many_nominators", nominator=_other_address),
            refused("admin", "confirm", "not_the_nominator"),
            follows("confirm", "nominated", _decide("confirm")),
        ),
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _late,
        "draft",
        (
            refused("nominee", "submit", "deadline_passed", _admit),
            taken("nominee", "submit", "awaiting_nominator"),
        ),
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _awaiting,
        "awaiting_nominator",
        (
            taken(_OFFICER, "extend", "awaiting_nominator", until=_in(days=4)),
            refused("admin", "decline", "not_the_nominator"),
            follows("decline", "declined", _decide("decline")),
        ),
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _awaiting,
        "awaiting_nominator",
        (
            follows("lapse", "lapsed", _after("lapse_nominations", "lapsed", lambda path_run: path_run.record)),
            taken(_OFFICER, "extend", "draft", until=_in(days=4)),
        ),
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _of_panel,
        "nominated",
        (refused("admin", "recuse", "not_in_panel"), taken("member", "recuse", "nominated")),
        status=_status,
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _of_panel,
        "nominated",
        (
            refused("admin", "select", "call_not_assessing", _ASSESS),
            refused("member", "select", "not_the_chair"),
            refused("chair", "select", "scores_missing", _score),
            given(_recuse),
            refused("chair", "select", "conflicted"),
            taken("admin", "select", "selected"),
        ),
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _of_full_call,
        "nominated",
        (refused("chair", "select", "seats_taken", _more_seats), taken("chair", "select", "selected")),
    ),
    Path(
        "membership.nominations",
        _COUNTRY,
        _of_panel,
        "nominated",
        (
            refused("admin", "pass_over", "call_not_assessing", _ASSESS),
            refused("member", "pass_over", "not_the_chair"),
            given(_recuse),
            refused("chair", "pass_over", "conflicted"),
            taken("admin", "pass_over", "not_selected"),
            refused("admin", "appeal", "not_the_person"),
            given(_publish),
            refused("admin", "answer_appeal", "no_appeal", outcome="dismissed"),
            taken("nominee", "appeal", "not_selected"),
            refused("nominee", "appeal", "appealed"),
            taken("admin", "answer_appeal", "not_selected", outcome="dismissed"),
        ),
    ),
    Path("membership.scores", _COUNTRY, _scored, "recorded", ()),
)
