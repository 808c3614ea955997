"""The table of problems: complete in every language, with every error class of the kernel."""

import re

import pytest

from shared.kernel import errors
from shared.kernel.text import LANGUAGES
from shared.web.contract.catalogue import GENERAL, PROBLEMS, STATUS, preferred_language


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=str)
def test_each_problem_has_a_title_in_six_languages_and_a_sentence_of_meaning(problem):
    assert set(problem.titles) == set(LANGUAGES)
    assert all(title.strip() == title and title for title in problem.titles.values())
    assert problem.meaning.endswith(".")
    assert re.fullmatch(r"[a-z_]+", problem.code)
    assert problem.status == STATUS[problem.kind]


def test_every_error_class_of_the_kernel_is_catalogued_with_its_own_kind():
    for cls in errors.EscmError.__subclasses__():
        assert PROBLEMS[cls.code].kind is cls.kind, cls


def test_every_kind_has_a_status_and_a_general_problem():
    assert set(STATUS) == set(errors.ErrorCategory) == set(GENERAL)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("fr-CA,fr;q=0.9", "fr"),
        ("de, ar;q=0.4, ru;q=0.7", "ru"),
        ("zh-Hans-CN", "zh"),
        ("en;q=0", "en"),
        ("es;q=x, fr;q=0.1", "fr"),
        ("*", "en"),
        (";;;,,q=", "en"),
    ],
)
def test_the_best_accepted_language_is_taken(accept, language):
    assert preferred_language(accept) == language
