"""The paths of editions of the Global Report, contributions and figures."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from tests.journeys.paths.calls import expert_with_account
from tests.journeys.paths.path import Path, PathRun, agreed, change, day, follows, given, later, refused, taken
from tests.journeys.paths.world import V1
from tests.support.running import eventually

_V1 = V1["actions"]
CHIEF, AUTHOR, BOTH = "chief", "author", "author who edits"
_DEADLINES = {"draft": "2090-01-31", "review": "2090-03-31", "final": "2090-05-31"}
_numbers = count(1)


def _call(opens: int, closes: int) -> dict[str, str]:
    """A call that opens and closes after so many days."""
    now = datetime.now(UTC)
    return {name: (now + timedelta(days=days)).isoformat() for name, days in (("opens", opens), ("closes", closes))}


_DOI = "10.5555/example"


def _edition(path_run: PathRun, **more: Any) -> str:
    """A draft of an edition with an editor-in-chief."""
    number = next(_numbers)
    body = {
        "year": 2100 + number,
        "titles": {"en": f"Report {number}"},
        "outline": [{"key": "soils", "titles": {"en": "Soils"}}],
        **more,
    }
    path = str(path_run.create("admin", f"{_V1}/editions", **body)["links"]["self"])
    path_run.notes["edition"] = path
    path_run.notes[CHIEF] = _editor(path_run, "admin", "editor_in_chief", path_run.world.person("Chief"))
    return path


def _editor(path_run: PathRun, by: str, role: str, person: Any) -> Any:
    """The person, who has a role over the edition from then on."""
    path = path_run.notes["edition"]
    scope = {"scope_kind": "edition", "scope_id": path.rpartition("/")[2]}
    holder = {"principal": {"kind": "account", "id": person.account}}
    path_run.create(by, f"{V1['access']}/grants", role=role, **scope, **holder)
    eventually(lambda: person.look(f"{path}/progress").status_code == 200)
    return person


def open_edition(path_run: PathRun, **more: Any) -> None:
    """An edition whose call is open."""
    path = _edition(path_run, call=_call(1, 2), deadlines=_DEADLINES, **more)
    path_run.by(CHIEF).step(path, "open_call")


def _proposal(path_run: PathRun) -> str:
    """A proposal of an expert for an edition whose call is open."""
    open_edition(path_run)
    key = expert_with_account(path_run, AUTHOR)
    me = {"expert_id": key, "roles": ["writing-original-draft"], "corresponding": True}
    titles, edition = {"en": "Peat"}, path_run.notes["edition"].rpartition("/")[2]
    body = {"edition_id": edition, "outline_key": "soils", "titles": titles, "authors": [me]}
    return str(path_run.create(AUTHOR, f"{_V1}/contributions", **body)["links"]["self"])


def _of_author_who_edits(path_run: PathRun) -> str:
    path = _proposal(path_run)
    path_run.notes[BOTH] = _editor(path_run, CHIEF, "editor", path_run.notes[AUTHOR])
    return path


def _author_confirms(path_run: PathRun) -> None:
    path_run.by(AUTHOR).step(path_run.record, "confirm_authorship")


def _draft_of_editor(path_run: PathRun) -> str:
    """A draft of the chief without authors, of which the chief's own entry is one after the first refusal."""
    open_edition(path_run)
    path_run.notes["key"] = expert_with_account(path_run, AUTHOR)
    edition = path_run.notes["edition"].rpartition("/")[2]
    body = {"edition_id": edition, "outline_key": "soils", "titles": {"en": "Peat"}}
    return str(path_run.create(CHIEF, f"{_V1}/contributions", **body)["links"]["self"])


def _name_the_author(path_run: PathRun) -> None:
    me = {"expert_id": path_run.notes["key"], "roles": ["writing-original-draft"], "corresponding": True}
    path_run.by(CHIEF).change(path_run.record, {"authors": [me]})
    eventually(lambda: path_run.by(AUTHOR).look(path_run.record).status_code == 200)


def become_editor(path_run: PathRun) -> None:
    """The author becomes an editor, too."""
    path_run.notes[BOTH] = _editor(path_run, CHIEF, "editor", path_run.notes[AUTHOR])


def version_of_chief(path_run: PathRun) -> None:
    """The chief sends a version of the path's record."""
    chief = path_run.by(CHIEF)
    sent = chief.send("POST", f"{path_run.record}/versions", json={"body": "# Peat"})
    assert sent.status_code == 202, sent.text
    eventually(lambda: chief.get(f"{_V1}/jobs/{sent.json()['id']}")["status"] == "succeeded")


def _abandon(path_run: PathRun) -> None:
    path_run.by(CHIEF).step(path_run.notes["edition"], "abandon", reason="No money.")
    later("actions.follow_editions")(path_run)


def _writing(path_run: PathRun) -> str:
    """An edition in writing with a contribution of nobody."""
    open_edition(path_run)
    chief, path = path_run.by(CHIEF), path_run.notes["edition"]
    body = {"edition_id": path.rpartition("/")[2], "outline_key": "soils", "titles": {"en": "Peat"}}
    path_run.notes["text"] = chief.create(f"{_V1}/contributions", body)["links"]["self"]
    chief.step(path, "close_call")
    return str(path)


def _drop_text(path_run: PathRun) -> None:
    path_run.by(CHIEF).step(path_run.notes["text"], "drop", reason="Nobody writes it.")


def _hidden_number(path_run: PathRun) -> None:
    """A figure of an initiative that is public no more."""
    admin, body = path_run.by("admin"), {"code": f"P-{uuid4().hex[:12].upper()}", "titles": {"en": "Soils"}}
    initiative = admin.create(f"{V1['membership']}/initiatives", {**body, "visibility": "public"})["links"]["self"]
    admin.step(initiative, "open")
    path_run.notes["figure"] = _figure_of(path_run, f"{initiative}/count", {}, y="supporters")
    admin.change(initiative, {"visibility": "restricted"})


def _figure_of(path_run: PathRun, path: str, parameters: dict[str, str], **more: Any) -> str:
    """A figure of the edition."""
    said = {"titles": {"en": "Numbers"}, "alternatives": {"en": "A number."}, "kind": "number", "key": "numbers"}
    body = {
        "edition_id": path_run.notes["edition"].rpartition("/")[2],
        "query": {"path": path, "parameters": parameters},
    }
    return str(path_run.create(CHIEF, f"{_V1}/figures", **{**said, **body, **more})["links"]["self"])


def _drop_figure(path_run: PathRun) -> None:
    path_run.by(CHIEF).step(path_run.notes["figure"], "drop", reason="It is public no more.")


def _figure(path_run: PathRun) -> str:
    """A figure of an edition in writing."""
    open_edition(path_run)
    path_run.by(CHIEF).step(path_run.notes["edition"], "close_call")
    return _figure_of(path_run, f"{_V1}/statistics/headlines", {}, kind="table")


def _build(path_run: PathRun) -> None:
    """A final build of the frozen edition."""
    chief = path_run.by(CHIEF)
    sent = chief.send("POST", f"{path_run.notes['edition']}/builds", json={"kind": "final"})
    assert sent.status_code == 202, sent.text
    eventually(lambda: chief.get(f"{_V1}/jobs/{sent.json()['id']}")["status"] == "succeeded")


def publish_edition(path_run: PathRun) -> None:
    """The edition of the path's record, whose call is open, is published."""
    chief, path = path_run.by(CHIEF), path_run.notes["edition"]
    for verb in ("close_call", "freeze"):
        chief.step(path, verb)
    _build(path_run)
    chief.step(path, "publish")


def _edition_step(verb: str, **more: Any) -> Any:
    return lambda path_run: path_run.by(CHIEF).step(path_run.notes["edition"], verb, **more)


PATHS = (
    Path(
        "actions.editions",
        "WS",
        _edition,
        "draft",
        (
            refused(CHIEF, "open_call", "call_missing", change(CHIEF, call=_call(-2, -1))),
            refused(CHIEF, "open_call", "deadline_passed", change(CHIEF, call=_call(1, 2))),
            refused(CHIEF, "open_call", "deadlines_missing", change(CHIEF, deadlines=_DEADLINES)),
            taken(CHIEF, "open_call", "call"),
            taken(CHIEF, "close_call", "writing"),
            taken(CHIEF, "abandon", "abandoned"),
        ),
    ),
    Path(
        "actions.contributions",
        "WS",
        _of_author_who_edits,
        "proposed",
        (
            refused(BOTH, "accept", "is_an_author"),
            taken(CHIEF, "assign", "proposed", editor_id=lambda path_run: path_run.notes[CHIEF].account),
            taken(CHIEF, "accept", "draft"),
            refused("admin", "confirm_authorship", "not_an_author"),
            taken(AUTHOR, "confirm_authorship", "draft"),
            refused(AUTHOR, "confirm_authorship", "authorship_confirmed"),
            taken(CHIEF, "drop", "dropped"),
        ),
    ),
    Path(
        "actions.contributions",
        "WS",
        _of_author_who_edits,
        "proposed",
        (refused(BOTH, "decline", "is_an_author"), taken(CHIEF, "decline", "declined")),
    ),
    Path(
        "actions.contributions",
        "WS",
        _draft_of_editor,
        "draft",
        (
            refused("admin", "submit", "version_missing", version_of_chief),
            refused("admin", "submit", "abstract_missing", change(CHIEF, abstract={"en": "Peat."})),
            refused("admin", "submit", "conflicts_missing", change(CHIEF, conflicts="None.")),
            refused("admin", "submit", "authors_missing", _name_the_author),
            refused(AUTHOR, "submit", "authorships_unconfirmed", _author_confirms),
            taken(AUTHOR, "submit", "submitted"),
            given(become_editor),
            refused(BOTH, "take", "is_an_author"),
            taken(CHIEF, "take", "in_review"),
            taken(CHIEF, "return", "changes_requested"),
        ),
    ),
    Path(
        "actions.editions",
        "WS",
        _writing,
        "writing",
        (
            taken(CHIEF, "record_doi", "writing", doi=_DOI),
            refused(CHIEF, "freeze", "contribution_open", _drop_text),
            given(_hidden_number),
            refused(CHIEF, "freeze", "figure_without_data", _drop_figure, as_of=day(-1)),
            taken(CHIEF, "freeze", "frozen"),
            taken(CHIEF, "thaw", "writing"),
            taken(CHIEF, "freeze", "frozen"),
            taken(CHIEF, "record_doi", "frozen", doi=_DOI),
            taken(CHIEF, "verify_figures", "frozen"),
            refused(CHIEF, "publish", "build_stale", _build),
            taken(CHIEF, "publish", "published"),
            taken(CHIEF, "record_doi", "published", doi=_DOI),
            taken(CHIEF, "supersede", "superseded"),
            agreed(CHIEF, "admin", "retract", "retracted"),
        ),
    ),
    Path(
        "actions.figures",
        "WS",
        _figure,
        "live",
        (
            follows("freeze", "frozen", _edition_step("freeze")),
            follows("thaw", "live", _edition_step("thaw", reason="A mistake.")),
            taken(CHIEF, "drop", "dropped"),
        ),
    ),
    Path("actions.contributions", "WS", _proposal, "proposed", (follows("drop", "dropped", _abandon),)),
)
