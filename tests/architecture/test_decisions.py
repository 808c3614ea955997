"""The list of decisions has each once, and marks what later ones replace or change."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.test_conventions import ROOT

_FOLDER = ROOT / "docs" / "decisions"
_PAGES = {int(path.name[:4]): path for path in sorted(_FOLDER.glob("[0-9]*.md"))}
_LIST = (_FOLDER / "README.md").read_text()
_ENTRY = re.compile(r"^- \[(\d+)\. (.+?)\]\(([\w-]+\.md)\)(.*)$", re.MULTILINE)
_STATUS = re.compile(r"^- Status: (.*?)\n- ", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"decisions? (\d+)")


def _later() -> Iterator[tuple[int, int]]:
    """Each decision that a later one replaces or changes, by the status of either, with the later one."""
    for number, path in _PAGES.items():
        (status,) = _STATUS.findall(path.read_text())
        for part in " ".join(status.split()).split(";"):
            named = [int(other) for other in _NUMBER.findall(part)]
            if re.search(r"\b(replaced|changed|superseded) by\b", part):
                yield from ((number, other) for other in named)
            elif re.search(r"\b(replaces|changes|supersedes)\b", part):
                yield from ((other, number) for other in named)


def test_each_decision_is_listed_once_in_an_area() -> None:
    listed = {int(number): (title, file) for number, title, file, _ in _ENTRY.findall(_LIST)}
    titles = {
        number: (path.read_text().splitlines()[0].removeprefix(f"# {number}. "), path.name)
        for number, path in _PAGES.items()
    }
    assert listed == titles
    assert len(_ENTRY.findall(_LIST)) == len(_PAGES)


def test_ten_are_to_be_read_first() -> None:
    section = _LIST.partition("## Read these first\n")[2].partition("\n## ")[0]
    assert len({name for name in re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", section) if (_FOLDER / name).exists()}) == 10


@pytest.mark.parametrize(("number", "later"), sorted(set(_later())))
def test_what_a_later_decision_changes_is_marked(number: int, later: int) -> None:
    marks = {int(found): mark for found, _, _, mark in _ENTRY.findall(_LIST)}
    assert f"[decision {later}]({_PAGES[later].name})" in marks[number]
