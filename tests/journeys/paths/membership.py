"""The paths of membership: experts and their affiliations, institutions, duplicates and merges, imports."""

import tempfile
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any
from uuid import uuid4

from tests.journeys.paths.centres import host
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
from tests.journeys.paths.world import V1
from tests.support.running import eventually

_V1 = V1["membership"]
_OFFICER = "secretariat_officer"
_MANY = 20_001
"""Records of an import that is taken back by a job, not at once."""


def _expert(walk: Walk, **more: Any) -> str:
    """A prospect whom an officer enters."""
    body = {"names": [{"full": f"Person {uuid4().hex[:12]}"}], "country": walk.country, **more}
    return str(walk.create(_OFFICER, f"{_V1}/experts", **body)["links"]["self"])


def _applicant(walk: Walk) -> str:
    """Somebody who enters themselves, and becomes an officer of their country afterwards."""
    person = walk.notes["applicant"] = walk.world.person("Anna Applicant")
    body = {"names": [{"full": "Anna Applicant"}], "country": walk.country, "emails": [{"value": "anna@example.org"}]}
    made = person.create(f"{_V1}/experts", body)
    walk.world.grant(person.account, _OFFICER, walk.country)
    eventually(lambda: person.look(made["links"]["self"]).status_code == 200, 60)
    return str(made["links"]["self"])


def _account(who: str) -> Any:
    return lambda walk: walk.by(who).account


def _institution(walk: Walk) -> str:
    """An institution that nobody has verified yet."""
    return str(walk.world.institution(walk.country, "Newborn Institute", verified=False)["links"]["self"])


def _affiliation(raw: str) -> Any:
    def start(walk: Walk) -> str:
        walk.notes["host"] = walk.world.institution(walk.country, "Pelmora College")["id"]
        made = walk.create(_OFFICER, f"{_expert(walk)}/affiliations", raw=raw)
        return str(made["links"]["self"])

    return start


def _match(affiliation: Mapping[str, Any]) -> str:
    return str((affiliation["match"] or {"status": "stated"})["status"])


def _pair(walk: Walk) -> str:
    """Two entries of one person, which are found to be alike."""
    names = [{"full": f"Twice Entered {uuid4().hex[:8]}"}]
    emails = [{"value": f"{uuid4().hex}@example.org"}]
    walk.notes["pair"] = [_expert(walk, names=names, emails=emails).rpartition("/")[2] for _ in range(2)]
    found = walk.by(_OFFICER).get(f"{_V1}/duplicates", resource="experts", country=walk.country)["items"]
    return str(next(one["links"]["self"] for one in found if {one["a"], one["b"]} == set(walk.notes["pair"])))


def _merge(walk: Walk, winner: str, loser: str) -> str:
    pair = {"winner_id": winner, "loser_id": loser}
    return str(walk.create(_OFFICER, f"{_V1}/merges", resource="experts", **pair)["links"]["self"])


def _merge_pair(walk: Walk) -> None:
    _merge(walk, *walk.notes["pair"])


def _merge_of_two(walk: Walk) -> str:
    walk.notes["winner"], loser = (_expert(walk).rpartition("/")[2] for _ in range(2))
    return _merge(walk, walk.notes["winner"], loser)


def _merge_winner_away(walk: Walk) -> None:
    walk.notes["other"] = _merge(walk, _expert(walk).rpartition("/")[2], walk.notes["winner"])


def _merge_again(walk: Walk) -> None:
    walk.notes["other"] = _merge(walk, walk.notes["winner"], _expert(walk).rpartition("/")[2])


def _undo_other(walk: Walk) -> None:
    walk.by(_OFFICER).step(walk.notes["other"], "undo")


def _import(*rows: str, **form: str) -> Any:
    """An import of experts by an officer, with these lines or one row of each of many persons."""

    def start(walk: Walk) -> str:
        lines = rows or [f"Imported {number},{walk.country}" for number in range(_MANY)]
        with tempfile.TemporaryDirectory() as folder:
            file = FilePath(folder) / "list.csv"
            file.write_text("\n".join(["full_name,country", *lines, ""]))
            job = walk.by(_OFFICER).start_upload(f"{_V1}/imports", file, resource="experts", **form)
        walk.notes["job"] = job
        imports = walk.by(_OFFICER).get(f"{_V1}/imports")["items"]
        return str(next(one["links"]["self"] for one in imports if one["job"] == job))

    return start


def _wait(walk: Walk) -> None:
    """The job of the import, or of its undoing, ends."""
    walk.by(_OFFICER).finished(walk.by(_OFFICER).get(walk.record)["job"])


def _cancel(walk: Walk) -> None:
    assert walk.by(_OFFICER).send("DELETE", walk.notes["job"]).status_code == 202


_ANNA, _BAD = "Anna Alone,PG", "Nobody Known,QQ"
_BROKEN = (*(f"Broken {number},PG" for number in range(2_000)), '"Broken" off,PG')

PATHS = (
    Path(
        "membership.experts",
        "PG",
        _expert,
        "prospect",
        (
            refused(_OFFICER, "invite", "email_missing", change(_OFFICER, emails=[{"value": "a@example.org"}])),
            taken(_OFFICER, "invite", "invited"),
            given(change(_OFFICER, emails=[])),
            refused(_OFFICER, "apply", "email_missing", change(_OFFICER, emails=[{"value": "a@example.org"}])),
            taken(_OFFICER, "apply", "applied"),
            taken(_OFFICER, "request_info", "info_requested"),
            taken(_OFFICER, "resubmit", "applied"),
            taken(_OFFICER, "start_review", "under_review"),
            taken(_OFFICER, "approve", "active"),
            refused(_OFFICER, "renew", "profile_not_confirmed"),
            taken(_OFFICER, "suspend", "suspended"),
            taken(_OFFICER, "reinstate", "active"),
            agreed("admin", "admin2", "terminate", "terminated"),
        ),
    ),
    Path(
        "membership.experts",
        "PG",
        _applicant,
        "applied",
        (
            refused(_OFFICER, "assign", "is_the_applicant", officer=_account("applicant")),
            refused(_OFFICER, "assign", "officer_not_entitled", officer=_account("reviewer1")),
            taken(_OFFICER, "assign", "applied", officer=_account(_OFFICER)),
            refused("applicant", "start_review", "is_the_applicant"),
            taken(_OFFICER, "start_review", "under_review"),
            refused("applicant", "reject", "is_the_applicant"),
            taken(_OFFICER, "reject", "rejected"),
            taken(_OFFICER, "reopen", "applied"),
            taken(_OFFICER, "start_review", "under_review"),
            refused("applicant", "approve", "is_the_applicant"),
            taken(_OFFICER, "approve", "active", ends=day(2)),
            refused("applicant", "renew", "conflict_of_interest_missing"),
            follows("expire", "grace", later("membership.end_terms", 4)),
            follows("expire", "lapsed", later("membership.end_terms", 95)),
            taken("applicant", "resign", "resigned"),
        ),
    ),
    Path("membership.experts", "PG", _expert, "prospect", (taken(_OFFICER, "mark_deceased", "deceased"),)),
    Path(
        "membership.institutions",
        "PG",
        _institution,
        "submitted",
        (
            refused(_OFFICER, "link", "institution_missing"),
            refused(_OFFICER, "link", "institution_unknown", institution_id=lambda _walk: str(uuid4())),
            taken(_OFFICER, "link", "linked", institution_id=host),
        ),
    ),
    Path(
        "membership.institutions",
        "PG",
        _institution,
        "submitted",
        (
            taken(_OFFICER, "verify", "verified"),
            taken(_OFFICER, "deactivate", "inactive"),
            taken(_OFFICER, "reactivate", "verified"),
            taken(_OFFICER, "withdraw", "withdrawn"),
        ),
    ),
    Path("membership.institutions", "PG", _institution, "submitted", (taken(_OFFICER, "reject", "out_of_scope"),)),
    Path(
        "membership.affiliations",
        "PG",
        _affiliation("Zyzzogeton"),
        "unknown",
        (
            given(change(_OFFICER, raw=None, institution_id=host)),
            refused(_OFFICER, "accept", "institution_stated"),
            refused(_OFFICER, "reject", "institution_stated", change(_OFFICER, raw="Zyzzogeton", institution_id=None)),
            refused(_OFFICER, "accept", "institution_missing"),
            refused(_OFFICER, "accept", "institution_unknown", institution_id="nothing"),
            taken(_OFFICER, "accept", "linked", institution_id=host),
            taken(_OFFICER, "reopen", "waiting"),
            taken(_OFFICER, "reject", "none"),
        ),
        status=_match,
    ),
    Path("membership.affiliations", "PG", _affiliation("Pelmora Colege of Botany"), "open", (), status=_match),
    Path(
        "membership.duplicates",
        "PG",
        _pair,
        "open",
        (
            taken(_OFFICER, "dismiss", "dismissed"),
            taken(_OFFICER, "reopen", "open"),
            follows("", "merged", _merge_pair),
        ),
    ),
    Path(
        "membership.merges",
        "PG",
        _merge_of_two,
        "merged",
        (
            given(_merge_winner_away),
            refused(_OFFICER, "undo", "winner_merged", _undo_other),
            given(_merge_again),
            refused(_OFFICER, "undo", "later_merge", _undo_other),
            taken(_OFFICER, "undo", "undone"),
        ),
    ),
    Path(
        "membership.imports",
        "PG",
        _import(),
        "pending",
        (
            refused(_OFFICER, "undo", "under_way", _wait),
            follows("", "done", _wait),
            taken(_OFFICER, "undo", "undoing"),
            follows("take_back", "undone", _wait),
        ),
    ),
    Path(
        "membership.imports",
        "PG",
        _import(_ANNA, mode="dry_run"),
        "done",
        (refused(_OFFICER, "undo", "nothing_was_written"),),
    ),
    Path("membership.imports", "PG", _import(_ANNA, _BAD, on_error="abort"), "aborted", ()),
    Path("membership.imports", "PG", _import(*_BROKEN), "failed", ()),
    Path("membership.imports", "PG", _import(), "pending", (follows("", "cancelled", _cancel),)),
)
