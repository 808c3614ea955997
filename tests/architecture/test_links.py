"""The links between pages of the project lead to files."""

import re
from pathlib import Path

import pytest

from tests.architecture.test_conventions import ROOT

_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = [link for link in _LINK.findall(_BLOCK.sub("", page.read_text())) if not link.startswith(("http", "/"))]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_first_page_is_short_and_has_a_link_for_each_reader() -> None:
    page = (ROOT / "README.md").read_text()
    assert len(page.splitlines()) <= 80
    assert len(re.findall(r"^- You .+\]\(docs/\w+/[\w-]+\.md\)$", page, re.MULTILINE)) == 8
