"""The paths of membership: experts and their affiliations, institutions, duplicates and merges, imports."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.journeys.paths.centres import host
from tests.journeys.paths.imports import ANNA, BAD, BROKEN, cancel, imported, wait
from tests.journeys.paths.path import Path, PathRun, agreed, change, day, follows, given, later, refused, taken
from tests.journeys.paths.world import V1, declaration
from tests.support.membership import congress
from tests.support.running import eventually

_V1 = V1["membership"]
_OFFICER = "secretariat_officer"


def prospect(path_run: PathRun, **more: Any) -> str:
    """A prospect whom an officer enters."""
    body = {"names": [{"full": f"Person {uuid4().hex[:12]}"}], "country": path_run.country, **more}
    return str(path_run.create(_OFFICER, f"{_V1}/experts", **body)["links"]["self"])


def _applicant(path_run: PathRun) -> str:
    """A person who enters themselves, and becomes an officer of their country afterwards."""
    person = path_run.notes["applicant"] = path_run.world.person("Anna Applicant")
    body = {
        "names": [{"full": "Anna Applicant"}],
        "country": path_run.country,
        "emails": [{"value": "anna@example.org"}],
    }
    made = person.create(f"{_V1}/experts", body)
    path_run.world.grant(person.account, _OFFICER, path_run.country)
    eventually(lambda: "expert" in person.roles)
    return str(made["links"]["self"])


def _account(who: str) -> Any:
    return lambda path_run: path_run.by(who).account


def _newcomer(path_run: PathRun) -> str:
    return path_run.world.person("Nina Newcomer").account


def _owner_of_another(path_run: PathRun) -> str:
    """An account that owns another record."""
    account = _newcomer(path_run)
    path_run.by("admin").step(prospect(path_run), "link_account", fields={"account_id": account})
    return account


def _declared(path_run: PathRun, who: str, expert: str) -> str:
    """A draft of this year's declaration under the latest notice."""
    body = declaration(path_run.by(who), expert)
    return str(path_run.create(who, f"{_V1}/declarations", **body)["links"]["self"])


def _declare(path_run: PathRun) -> None:
    """The expert's owner signs this year's declaration."""
    path_run.by("applicant").step(_declared(path_run, "applicant", path_run.id), "sign")


def _declaration(path_run: PathRun) -> str:
    """A draft of somebody who is an officer of their country, too."""
    path_run.notes["expert"] = expert = _applicant(path_run).rpartition("/")[2]
    return _declared(path_run, "applicant", expert)


def _consent(path_run: PathRun, version: str = "2026") -> str:
    """A consent in force of somebody who may sign in."""
    if "expert" not in path_run.notes:
        path_run.notes["expert"] = _applicant(path_run).rpartition("/")[2]
    body = {"expert_id": path_run.notes["expert"], "purpose": "contact", "notice_version": version, "language": "en"}
    return str(path_run.create("applicant", f"{_V1}/consents", **body)["links"]["self"])


def _consent_again(path_run: PathRun) -> None:
    notice = {"purpose": "contact", "notice_version": uuid4().hex[:12], "texts": {"en": "I agree."}}
    _consent(path_run, path_run.create("admin", f"{_V1}/notices", **notice)["notice_version"])


def _certificate(path_run: PathRun) -> str:
    expert = prospect(path_run).rpartition("/")[2]
    held = path_run.create(_OFFICER, f"{_V1}/congresses", **congress(country=path_run.country))
    part = path_run.create(_OFFICER, f"{_V1}/participations", congress_id=held["id"], expert_id=expert)
    subject = {"resource": "membership.participations", "id": part["id"]}
    body = {"kind": "participation", "holder": {"expert_id": expert}, "subject": subject}
    return str(path_run.create(_OFFICER, f"{_V1}/certificates", **body)["links"]["self"])


def _membership(path_run: PathRun) -> str:
    """The certificate of membership of an expert, who has just become active."""
    path_run.notes["holder"] = path = prospect(path_run, emails=[{"value": "a@example.org"}])
    for verb in ("invite", "apply", "start_review", "approve"):
        path_run.by(_OFFICER).step(path, verb)
    asked = {"expert_id": path.rpartition("/")[2]}
    found = eventually(lambda: path_run.by(_OFFICER).get(f"{_V1}/certificates", **asked)["items"])
    return str(found[0]["links"]["self"])


def _suspend_holder(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(path_run.notes["holder"], "suspend", reason="A question is open")


def _reinstate_holder(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(path_run.notes["holder"], "reinstate")


def _another_notice(path_run: PathRun) -> None:
    body = {"purpose": "conflict_of_interest", "notice_version": uuid4().hex[:12], "texts": {"en": "I declare."}}
    path_run.notes["notice"] = path_run.create("admin", f"{_V1}/notices", **body)["notice_version"]


def _shipped_notice(path_run: PathRun) -> str:
    return str(path_run.by("admin").get(f"{_V1}/notices", sort="created_at")["items"][0]["links"]["self"])


def _retention_rule(path_run: PathRun) -> str:
    """A draft about declarations, about which there is an active rule."""
    rule = {"resource": "declarations", "after": "P90Y", "action": "delete", "basis": "Proof."}
    return str(path_run.create("admin", f"{_V1}/retention_rules", **rule)["links"]["self"])


def _template(path_run: PathRun) -> str:
    """A draft of a kind that no other path prints."""
    wording = {"titles": {"en": "Certificate of Authorship"}, "bodies": {"en": "This certifies that {holder} wrote."}}
    made = path_run.create("admin", f"{_V1}/certificate_templates", kind="authorship", **wording)
    return str(made["links"]["self"])


def _activate_another_template(path_run: PathRun) -> None:
    path_run.by("admin").step(_template(path_run), "activate")


def _notice(path_run: PathRun) -> str:
    return str(path_run.notes["notice"])


def _declare_again(path_run: PathRun) -> None:
    path_run.by("applicant").step(_declared(path_run, "applicant", path_run.notes["expert"]), "sign")


def _own_expert(path_run: PathRun) -> None:
    """The path's expert belongs to a person from now on."""
    path_run.notes["applicant"] = person = path_run.world.person("Olga Owner")
    path_run.by("admin").step(path_run.record, "link_account", fields={"account_id": person.account})
    eventually(lambda: person.look(path_run.record).status_code == 200)


def candidate(path_run: PathRun) -> str:
    """An institution that a person without a role entered, who is the run's caller `rector`."""
    path_run.notes["rector"] = rector = path_run.world.person("Rosa Rector")
    names = [{"value": f"Institute {uuid4().hex}", "language": "en", "types": ["ror_display"]}]
    made = rector.create(f"{V1['membership']}/institutions", {"names": names, "country": path_run.country})
    path_run.notes["candidate"] = str(made["links"]["self"])
    return path_run.notes["candidate"]


def _institution(path_run: PathRun) -> str:
    """An institution that nobody has verified."""
    return str(path_run.world.institution(path_run.country, "Newborn Institute", verified=False)["links"]["self"])


def _affiliation(raw: str) -> Any:
    def start(path_run: PathRun) -> str:
        path_run.notes["host"] = path_run.world.institution(path_run.country, "Pelmora College")["id"]
        made = path_run.create(_OFFICER, f"{prospect(path_run)}/affiliations", raw=raw)
        return str(made["links"]["self"])

    return start


def _match(affiliation: Mapping[str, Any]) -> str:
    return str((affiliation["match"] or {"status": "stated"})["status"])


def _pair(path_run: PathRun) -> str:
    """Two records of one person, which become a pair."""
    names = [{"full": f"Twice Entered {uuid4().hex[:8]}"}]
    emails = [{"value": f"{uuid4().hex}@example.org"}]
    path_run.notes["pair"] = [prospect(path_run, names=names, emails=emails).rpartition("/")[2] for _ in range(2)]
    found = path_run.by(_OFFICER).get(f"{_V1}/duplicates", resource="experts", country=path_run.country)["items"]
    return str(next(one["links"]["self"] for one in found if {one["a"], one["b"]} == set(path_run.notes["pair"])))


def merge(path_run: PathRun, winner: str, loser: str) -> str:
    pair = {"winner_id": winner, "loser_id": loser}
    return str(path_run.create(_OFFICER, f"{_V1}/merges", resource="experts", **pair)["links"]["self"])


def _merge_pair(path_run: PathRun) -> None:
    merge(path_run, *path_run.notes["pair"])


def merge_of_two(path_run: PathRun) -> str:
    path_run.notes["winner"], loser = (prospect(path_run).rpartition("/")[2] for _ in range(2))
    return merge(path_run, path_run.notes["winner"], loser)


def _merge_winner_away(path_run: PathRun) -> None:
    path_run.notes["other"] = merge(path_run, prospect(path_run).rpartition("/")[2], path_run.notes["winner"])


def _merge_again(path_run: PathRun) -> None:
    path_run.notes["other"] = merge(path_run, path_run.notes["winner"], prospect(path_run).rpartition("/")[2])


def _undo_other(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(path_run.notes["other"], "undo")


def _message(audience: str) -> Any:
    """A message on the file of an expert."""

    def post(path_run: PathRun) -> str:
        path = f"{prospect(path_run)}/messages"
        return str(path_run.create(_OFFICER, path, text="Which field?", audience=audience)["links"]["self"])

    return post


_RENEWED_EARLY = (
    taken(_OFFICER, "start_review", "under_review"),
    taken(_OFFICER, "approve", "active", ends=day(2)),
    given(_declare),
    refused("applicant", "renew", "sets_own_term", ends=day(3000)),
    taken("applicant", "renew", "active"),
    follows("begin_term", "active", later("membership.end_terms", 4)),
)
PATHS = (
    Path(
        "membership.experts",
        "PG",
        prospect,
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
            taken("admin", "confirm_profile", "active"),
            given(_own_expert),
            refused(_OFFICER, "renew", "conflict_of_interest_missing", _declare),
            taken(_OFFICER, "renew", "active"),
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
            given(_declare),
            taken("applicant", "renew", "active"),
            taken("applicant", "resign", "resigned"),
        ),
    ),
    Path("membership.experts", "PG", _applicant, "applied", _RENEWED_EARLY),
    Path(
        "membership.experts",
        "PG",
        prospect,
        "prospect",
        (taken(_OFFICER, "mark_deceased", "deceased"), taken(_OFFICER, "unmark_deceased", "prospect")),
    ),
    Path("membership.messages", "PG", _message("file"), "sent", ()),
    Path("membership.internal_messages", "PG", _message("internal"), "sent", ()),
    Path(
        "membership.experts",
        "PG",
        prospect,
        "prospect",
        (
            refused("admin", "unlink_account", "has_no_account"),
            refused("admin", "link_account", "record_exists", account_id=_owner_of_another),
            taken("admin", "link_account", "prospect", account_id=_newcomer),
            refused("admin", "link_account", "has_an_account", account_id=_newcomer),
            given(change(_OFFICER, emails=[{"value": "a@example.org"}])),
            refused(_OFFICER, "invite", "has_an_account"),
            taken("admin", "unlink_account", "prospect"),
            taken(_OFFICER, "invite", "invited"),
            taken("admin", "link_account", "invited", account_id=_newcomer),
        ),
    ),
    Path(
        "membership.declarations",
        "PG",
        _declaration,
        "draft",
        (
            refused("admin", "sign", "not_the_person"),
            given(_another_notice),
            refused("applicant", "sign", "notice_outdated", change("applicant", notice_version=_notice)),
            taken("applicant", "sign", "signed"),
            refused("applicant", "assess", "own_declaration", outcome="cleared"),
            taken(_OFFICER, "assess", "cleared", outcome="cleared"),
            follows("supersede", "superseded", _declare_again),
        ),
    ),
    *(
        Path(
            "membership.declarations",
            "PG",
            _declaration,
            "draft",
            (taken("applicant", "sign", "signed"), taken(_OFFICER, "assess", outcome, outcome=outcome)),
        )
        for outcome in ("managed", "excluded")
    ),
    Path("membership.consents", "PG", _consent, "given", (taken("applicant", "withdraw", "withdrawn"),)),
    Path("membership.consents", "PG", _consent, "given", (follows("supersede", "superseded", _consent_again),)),
    Path(
        "membership.certificates",
        "PG",
        _certificate,
        "issued",
        (
            taken(_OFFICER, "suspend", "suspended"),
            taken(_OFFICER, "reinstate", "issued"),
            taken(_OFFICER, "replace", "replaced", language="fr"),
        ),
    ),
    Path(
        "membership.certificates",
        "PG",
        _certificate,
        "issued",
        (taken(_OFFICER, "revoke", "revoked", category="error"),),
    ),
    Path(
        "membership.certificates",
        "PG",
        _membership,
        "issued",
        (
            taken(_OFFICER, "suspend", "suspended"),
            given(_suspend_holder),
            refused(_OFFICER, "reinstate", "holder_suspended", _reinstate_holder),
            taken(_OFFICER, "reinstate", "issued"),
            follows("expire", "expired", later("membership.end_certificates", 1_800)),
        ),
    ),
    Path("membership.notices", "PG", _shipped_notice, "published", ()),
    Path(
        "membership.retention_rules",
        "PG",
        _retention_rule,
        "draft",
        (
            refused("admin", "activate", "rule_in_force", change("admin", resource="consents")),
            agreed("admin", "admin2", "activate", "active"),
            taken("admin", "retire", "retired"),
        ),
    ),
    Path(
        "membership.certificate_templates",
        "PG",
        _template,
        "draft",
        (taken("admin", "activate", "active"), follows("supersede", "retired", _activate_another_template)),
    ),
    Path(
        "membership.certificate_templates",
        "PG",
        _template,
        "draft",
        (taken("admin", "activate", "active"), taken("admin", "retire", "retired")),
    ),
    Path("membership.certificate_templates", "PG", _template, "draft", (taken("admin", "retire", "retired"),)),
    Path(
        "membership.institutions",
        "PG",
        _institution,
        "submitted",
        (
            refused(_OFFICER, "link", "institution_missing"),
            refused(_OFFICER, "link", "institution_unknown", institution_id=lambda _run: str(uuid4())),
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
    Path("membership.institutions", "PG", candidate, "candidate", (taken(_OFFICER, "verify", "verified"),)),
    Path("membership.institutions", "PG", candidate, "candidate", (taken(_OFFICER, "reject", "out_of_scope"),)),
    Path("membership.institutions", "PG", candidate, "candidate", (taken(_OFFICER, "withdraw", "withdrawn"),)),
    Path(
        "membership.institutions",
        "PG",
        candidate,
        "candidate",
        (taken(_OFFICER, "link", "linked", institution_id=host),),
    ),
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
        merge_of_two,
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
        imported(),
        "pending",
        (
            refused(_OFFICER, "undo", "under_way", wait),
            follows("", "done", wait),
            taken(_OFFICER, "undo", "undoing"),
            follows("take_back", "undone", wait),
        ),
    ),
    Path(
        "membership.imports",
        "PG",
        imported(ANNA, mode="dry_run"),
        "done",
        (refused(_OFFICER, "undo", "nothing_was_written"),),
    ),
    Path("membership.imports", "PG", imported(ANNA, BAD, on_error="abort"), "aborted", ()),
    Path("membership.imports", "PG", imported(*BROKEN), "failed", ()),
    Path("membership.imports", "PG", imported(), "pending", (follows("", "cancelled", cancel),)),
)
