"""Every command of the documents runs as written, prints what the page shows, and does so again when its reader comes
back."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import PAGES, run_commands, text_of

_MAILED = [page for page in PAGES if "MAIL=" in text_of(page)]
"""They read mails, which a system keeps in its folder."""


@pytest.mark.parametrize("page", [page for page in PAGES if page not in _MAILED])
def test_the_commands_of_a_page_run_in_order_and_again(page: str, running: dict[str, Any], tmp_path: Path) -> None:
    for _ in range(2):
        run_commands(page, running, tmp_path)


@pytest.mark.parametrize("page", _MAILED)
def test_the_commands_of_a_page_that_reads_mails_run_in_order_and_again(
    page: str, running: dict[str, Any], tmp_path: Path
) -> None:
    for _ in range(2):
        run_commands(page, running, tmp_path)
