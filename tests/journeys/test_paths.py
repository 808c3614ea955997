"""Promise 53: every condition of a guard can be satisfied over the API, and every state is reached without SQL."""

import pytest

from tests.journeys.paths import (
    access,
    actions,
    assessments,
    calendars,
    calls,
    centres,
    committees,
    congresses,
    editions,
    erasures,
    evaluations,
    factors,
    initiatives,
    ladder,
    membership,
    outreach,
    partners,
    progress,
    providers,
    registrations,
    reports,
    results,
    reviews,
    signing_keys,
    support,
    tasks,
    webhooks,
)
from tests.journeys.paths.inventory import inventory
from tests.journeys.paths.path import Path, PathRun
from tests.journeys.paths.world import World
from tests.support.lifecycles import codes_of

PATHS = (
    *centres.PATHS,
    *committees.PATHS,
    *registrations.PATHS,
    *reports.PATHS,
    *evaluations.PATHS,
    *progress.PATHS,
    *partners.PATHS,
    *actions.PATHS,
    *results.PATHS,
    *support.PATHS,
    *assessments.PATHS,
    *tasks.PATHS,
    *calendars.PATHS,
    *editions.PATHS,
    *reviews.PATHS,
    ladder.LADDER,
    *membership.PATHS,
    *congresses.PATHS,
    *erasures.PATHS,
    *outreach.PATHS,
    *calls.PATHS,
    *initiatives.PATHS,
    *access.PATHS,
    *factors.PATHS,
    *signing_keys.PATHS,
    *providers.PATHS,
    *webhooks.PATHS,
)
FINAL = {
    "access.grants hand_over: follows_an_office": "the office is handed over, and the role with it",
    "access.grants hand_over: not_further": "what was delegated ends with the role that it comes from",
    "access.grants hand_over: role_not_delegated": "an administrator grants the role anew, which takes two",
    "access.clients mark_first_party: already_first_party": "a client is marked once",
    "actions.contributions confirm_authorship: authorship_confirmed": "an authorship is confirmed once",
    "actions.contributions consent: not_a_country_chapter": "only the chapter of a country needs a consent",
    "actions.reviewers accept: round_over": "the editor invites to another round",
    "actions.reviewers complete: round_over": "nobody asks the reviewer after the end of the round",
    "actions.comments reopen: reopened_before": "whoever commented comments again in another round",
    "actions.comments reopen: round_over": "whoever commented comments again in another round",
    "actions.assessments reply: already_replied": "a government replies once; the assessment is published with it",
    "actions.editions publish: figure_not_reproducible": "a number was altered; whoever keeps it corrects it, or thaws",
    "actions.offers accept: offer_expired": "the secretariat asks the expert again",
    "actions.results submit: period_locked": "the secretariat revises a published result",
    "centres.annual_reports start: too_early": "a report is started 90 days before the end of its period",
    "centres.centres renew: renewal_too_late": "a year after its term a centre applies anew",
    "centres.evaluations respond: response_period_over": "sixty days after an evaluation its findings are final",
    "centres.evaluations meet_condition: no_open_condition": "conditions are set by the completion, each met once",
    "centres.terms meet_condition: no_open_condition": "conditions are set by the renewal, each met once",
    "membership.participations attend: congress_cancelled": "a cancelled congress stays so; another one is entered",
    "membership.participations absent: congress_cancelled": "a cancelled congress stays so; another one is entered",
    "membership.imports undo: nothing_was_written": "a dry run has written nothing that could be taken back",
    "membership.nominations appeal: appeal_period_over": "thirty days after their publication results are final",
    "membership.nominations change_nominator: too_many_nominators": "a nominee asks five people at most",
    "membership.nominations appeal: appealed": "an appeal is made once, and answered",
    "membership.merges undo: erased": "an erased person has no record to return to",
    "membership.experts unmark_deceased: too_late": "after thirty days an administrator enters the person anew",
    "membership.imports undo: too_late": "90 days after an import its records are changed one by one",
}
"""Rejections that no act satisfies, and the alternative."""
UNSEEN = {
    "actions.editions publish: figure_not_reproducible",
    "centres.evaluations respond: response_period_over",
    "actions.offers accept: offer_expired",
    "membership.imports undo: too_late",
    "membership.experts unmark_deceased: too_late",
    "membership.nominations appeal: appeal_period_over",
    *(
        f"actions.evidence {step}"
        for step in ("= scanning", "= quarantined", "pass", "fail", "release", "release by two")
    ),
}
"""What no path shows: it needs 90 days, 60 or 30, or the hour until an offer expires, a number that was altered in the
database (`tests/actions/global_report/test_publication.py`), or a scanner for viruses
(`tests/actions/reporting/test_evidence_scans.py`)."""


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.resource}-{path.country}-{path.first}")
def test_a_path_is_run_through_the_api_alone(world: World, path: Path) -> None:
    PathRun(world, path).run()


def test_every_step_refusal_and_state_of_the_code_is_on_a_path() -> None:
    shown = {item for path in PATHS for item in path.shows()}
    assert shown - inventory() == set(), "paths show what the code does not have"
    assert inventory() - shown == UNSEEN, "add a path"


def test_whatever_is_refused_is_given_and_then_taken() -> None:
    met = {item for path in PATHS for item in path.meets()}
    refusals = {item for item in inventory() if ": " in item}
    assert refusals - met == FINAL.keys() & refusals
    assert FINAL.keys() <= inventory()


def test_a_guard_names_its_codes() -> None:
    def vague(_case: object) -> str | None:
        return "something_missing"

    with pytest.raises(AssertionError, match="vague does not name"):
        codes_of(vague)
