"""What the guards of editions and contributions say."""

from dataclasses import replace
from typing import get_args

from services.actions.global_report.contributions import domain as contributions
from services.actions.global_report.contributions.domain import ContributionGuardContext
from services.actions.global_report.editions import domain as editions
from services.actions.global_report.editions.domain import EditionGuardContext
from services.actions.global_report.review.comments import domain as comments
from services.actions.global_report.review.comments.domain import CommentGuardContext
from services.actions.global_report.review.reviewers import domain as reviewers
from services.actions.global_report.review.reviewers.domain import ReviewerGuardContext
from services.actions.global_report.review.rounds import domain as review_rounds
from services.actions.global_report.review.rounds.domain import RoundGuardContext
from tests.support.rules import Rules

_EDITION = EditionGuardContext(has_call=True, is_over=False, has_deadlines=True)
_AUTHOR = ContributionGuardContext(is_author=True, is_unconfirmed=True)
_EDITOR = ContributionGuardContext(is_author=False, is_unconfirmed=False)

RULES = (
    Rules(
        "actions.editions",
        editions.LIFECYCLE,
        (
            ("open_call", _EDITION, None),
            ("open_call", replace(_EDITION, has_call=False), "call_missing"),
            ("open_call", replace(_EDITION, is_over=True), "deadline_passed"),
            ("open_call", replace(_EDITION, has_deadlines=False), "deadlines_missing"),
            ("freeze", _EDITION, None),
            ("freeze", replace(_EDITION, has_open_contributions=True), "contribution_open"),
            ("freeze", replace(_EDITION, lacks_data=True), "figure_without_data"),
            ("publish", _EDITION, None),
            ("publish", replace(_EDITION, has_stale_build=True), "build_stale"),
            ("publish", replace(_EDITION, has_other_numbers=True), "figure_not_reproducible"),
        ),
    ),
    Rules(
        "actions.contributions",
        contributions.LIFECYCLE,
        (
            ("accept", _EDITOR, None),
            ("accept", _AUTHOR, "is_an_author"),
            ("decline", _EDITOR, None),
            ("decline", _AUTHOR, "is_an_author"),
            ("submit", _AUTHOR, None),
            *(("submit", replace(_AUTHOR, missing=code), code) for code in get_args(contributions.Missing)),
            ("take", _EDITOR, None),
            ("take", _AUTHOR, "is_an_author"),
            ("consent", replace(_EDITOR, is_chapter=True), None),
            ("consent", _EDITOR, "not_a_country_chapter"),
            ("consent", replace(_EDITOR, is_chapter=True, has_consent=True), "consent_given"),
            ("clear", _EDITOR, None),
            ("clear", _AUTHOR, "is_an_author"),
            ("clear", replace(_EDITOR, has_open_comments=True), "comments_open"),
            ("clear", replace(_EDITOR, has_open_rounds=True), "round_not_complete"),
            ("clear", replace(_EDITOR, is_chapter=True), "national_consent_missing"),
            ("confirm_authorship", _AUTHOR, None),
            ("confirm_authorship", _EDITOR, "not_an_author"),
            ("confirm_authorship", replace(_AUTHOR, is_unconfirmed=False), "authorship_confirmed"),
        ),
    ),
    Rules(
        "actions.review_rounds",
        review_rounds.LIFECYCLE,
        (
            ("complete", RoundGuardContext(), None),
            ("complete", RoundGuardContext(has_open_comments=True), "comments_open"),
        ),
    ),
    Rules(
        "actions.reviewers",
        reviewers.LIFECYCLE,
        (
            ("accept", ReviewerGuardContext(is_own=True), None),
            ("accept", ReviewerGuardContext(is_own=False), "not_the_reviewer"),
            ("accept", ReviewerGuardContext(is_own=True, is_over=True), "round_over"),
            ("complete", ReviewerGuardContext(is_own=True), None),
            ("complete", ReviewerGuardContext(is_own=False), "not_the_reviewer"),
            ("complete", ReviewerGuardContext(is_own=True, is_over=True), "round_over"),
            ("decline", ReviewerGuardContext(is_own=True), None),
            ("decline", ReviewerGuardContext(is_own=False), "not_the_reviewer"),
        ),
    ),
    Rules(
        "actions.comments",
        comments.LIFECYCLE,
        (
            ("reopen", CommentGuardContext(), None),
            ("reopen", CommentGuardContext(is_author=True), "is_an_author"),
            ("reopen", CommentGuardContext(was_reopened=True), "reopened_before"),
            ("reopen", CommentGuardContext(is_over=True), "round_over"),
            ("resolve", CommentGuardContext(), None),
            ("resolve", CommentGuardContext(is_author=True), "is_an_author"),
        ),
    ),
)
