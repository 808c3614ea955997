"""The paths of reviews of the Global Report: rounds, invitations, comments, and what is cleared."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.paths.calls import expert_with_account
from tests.journeys.paths.editions import (
    AUTHOR,
    BOTH,
    CHIEF,
    become_editor,
    open_edition,
    publish_edition,
    version_of_chief,
)
from tests.journeys.paths.path import Path, PathRun, follows, given, refused, taken
from tests.journeys.paths.world import V1, World
from tests.support.running import eventually

_V1 = V1["actions"]
_REVIEWER, _COUNTRY = "reviewer", "WS"
_DECIDED = {"decision": "accepted"}


def _text(path_run: PathRun, **more: Any) -> str:
    """A contribution that its editor has taken up."""
    open_edition(path_run, outline=[{"key": "soils", "titles": {"en": "Soils"}, **more}])
    key = expert_with_account(path_run, AUTHOR)
    me = {"expert_id": key, "roles": ["writing-original-draft"], "corresponding": True}
    body = {"titles": {"en": "Peat"}, "abstract": {"en": "Peat."}, "conflicts": "None.", "authors": [me]}
    place = {"edition_id": path_run.notes["edition"].rpartition("/")[2], "outline_key": "soils"}
    path_run.record = path_run.notes["text"] = str(
        path_run.create(CHIEF, f"{_V1}/contributions", **place, **body)["links"]["self"]
    )
    author = path_run.by(AUTHOR)
    eventually(lambda: author.look(path_run.record).status_code == 200)
    author.step(path_run.record, "confirm_authorship")
    version_of_chief(path_run)
    author.step(path_run.record, "submit")
    path_run.by(CHIEF).step(path_run.record, "take")
    return path_run.record


def _chapter(path_run: PathRun) -> str:
    return _text(path_run, kind="country", country=_COUNTRY)


def _round(path_run: PathRun) -> str:
    """A round of experts that is planned."""
    text, now = _text(path_run), datetime.now(UTC)
    return _plan(path_run, text, now)


def _plan(path_run: PathRun, text: str, now: datetime) -> str:
    instants = {"opens": (now + timedelta(days=1)).isoformat(), "closes": (now + timedelta(days=9)).isoformat()}
    chosen = {"audience": "experts", "contributions": [text.rpartition("/")[2]]}
    made = path_run.create(CHIEF, f"{path_run.notes['edition']}/review_rounds", **instants, **chosen)
    path_run.notes["round"] = str(made["links"]["self"])
    return path_run.notes["round"]


def _invitation(path_run: PathRun) -> str:
    """An invitation to review in a round that is open."""
    if "text" not in path_run.notes:
        _text(path_run)
    text = path_run.notes["text"]
    path_run.by(CHIEF).step(_plan(path_run, text, datetime.now(UTC)), "open")
    key = expert_with_account(path_run, _REVIEWER)
    made = path_run.create(CHIEF, f"{text}/reviewers", expert_id=key, round=1)
    path = str(made["links"]["self"])
    eventually(lambda: path_run.by(_REVIEWER).look(path).status_code == 200)
    return path


def _comment(path_run: PathRun) -> str:
    """A comment of a reviewer."""
    invitation = _invitation(path_run)
    path_run.by(_REVIEWER).step(invitation, "accept")
    made = path_run.create(_REVIEWER, f"{path_run.notes['text']}/comments", **{"round": 1, "from": 1, "text": "Why?"})
    path_run.notes["comment"] = str(made["links"]["self"])
    return path_run.notes["comment"]


def _comment_in_round(path_run: PathRun) -> None:
    """The editor comments in the path's round."""
    body = {"round": 1, "from": 1, "text": "Why?"}
    made = path_run.create(CHIEF, f"{path_run.notes['text']}/comments", **body)
    path_run.notes["comment"] = str(made["links"]["self"])


def _answer(path_run: PathRun) -> None:
    path_run.by(AUTHOR).step(path_run.notes["comment"], "answer", reason="Because.", fields=_DECIDED)


def _close(path_run: PathRun) -> None:
    path_run.by(CHIEF).step(path_run.notes["round"], "close")


def _complete(path_run: PathRun) -> None:
    path_run.by(CHIEF).step(path_run.notes["round"], "complete")


def _correct(path_run: PathRun) -> None:
    """The chief publishes an erratum with the version to which the country has consented."""
    said = {"version": 2, "severity": "minor", "texts": {"en": "A word was missing."}}
    made = path_run.create(CHIEF, f"{path_run.record}/errata", **said)
    assert (made["issue"], made["replaces"]) == (1, 1)


def enter_erratum(world: World) -> None:
    """A published text with an erratum."""
    path_run = PathRun(world, PATHS[1])
    _text(path_run)
    path_run.by(CHIEF).step(path_run.record, "clear")
    publish_edition(path_run)
    version_of_chief(path_run)
    _correct(path_run)


PATHS = (
    Path(
        "actions.contributions",
        _COUNTRY,
        _chapter,
        "in_review",
        (
            given(become_editor),
            refused(BOTH, "clear", "is_an_author"),
            given(_comment),
            given(_close),
            refused(CHIEF, "clear", "comments_open", _answer),
            refused(CHIEF, "clear", "round_not_complete", _complete),
            refused(CHIEF, "clear", "national_consent_missing"),
            taken("national_publisher", "consent", "in_review"),
            refused("national_publisher", "consent", "consent_given"),
            taken(CHIEF, "clear", "cleared"),
            follows("publish", "published", publish_edition),
            refused("national_publisher", "consent", "consent_given", version_of_chief),
            taken("national_publisher", "consent", "published"),
            given(_correct),
        ),
    ),
    Path(
        "actions.contributions",
        _COUNTRY,
        _text,
        "in_review",
        (refused("admin", "consent", "not_a_country_chapter"),),
    ),
    Path(
        "actions.review_rounds",
        _COUNTRY,
        _round,
        "planned",
        (
            taken(CHIEF, "open", "open"),
            given(_comment_in_round),
            taken(CHIEF, "close", "answering"),
            refused(CHIEF, "complete", "comments_open", _answer),
            taken(CHIEF, "complete", "complete"),
        ),
    ),
    Path(
        "actions.reviewers",
        _COUNTRY,
        _invitation,
        "invited",
        (
            refused("admin", "accept", "not_the_reviewer"),
            taken(_REVIEWER, "accept", "accepted"),
            refused("admin", "complete", "not_the_reviewer"),
            taken(_REVIEWER, "complete", "completed"),
            taken(CHIEF, "withdraw", "withdrawn"),
        ),
    ),
    Path(
        "actions.reviewers",
        _COUNTRY,
        _invitation,
        "invited",
        (
            taken(_REVIEWER, "accept", "accepted"),
            given(_close),
            refused(_REVIEWER, "complete", "round_over"),
        ),
    ),
    Path(
        "actions.reviewers",
        _COUNTRY,
        _invitation,
        "invited",
        (refused("admin", "decline", "not_the_reviewer"), taken(_REVIEWER, "decline", "declined")),
    ),
    Path(
        "actions.reviewers",
        _COUNTRY,
        _invitation,
        "invited",
        (given(_close), refused(_REVIEWER, "accept", "round_over")),
    ),
    Path(
        "actions.comments",
        _COUNTRY,
        _comment,
        "open",
        (
            taken(AUTHOR, "answer", "answered", **_DECIDED),
            given(become_editor),
            refused(BOTH, "reopen", "is_an_author"),
            refused(BOTH, "resolve", "is_an_author"),
            taken(_REVIEWER, "reopen", "open"),
            taken(AUTHOR, "answer", "answered", **_DECIDED),
            refused(_REVIEWER, "reopen", "reopened_before"),
            taken(_REVIEWER, "resolve", "resolved"),
        ),
    ),
    Path("actions.comments", _COUNTRY, _comment, "open", (taken(_REVIEWER, "withdraw", "withdrawn"),)),
    Path(
        "actions.comments",
        _COUNTRY,
        _comment,
        "open",
        (
            taken(AUTHOR, "answer", "answered", **_DECIDED),
            given(_close),
            given(_complete),
            refused(_REVIEWER, "reopen", "round_over"),
        ),
    ),
)
