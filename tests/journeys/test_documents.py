"""Every command of the documents runs as written; those of the tour run on a system with a collector."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import run_commands


@pytest.mark.parametrize(
    "page",
    [
        "frontends.md",
        "governments.md",
        "webhooks.md",
        "national-lists.md",
        "secretariat-frontend.md",
        "broadcasts.md",
        "congresses.md",
        "initiatives.md",
        "certificates.md",
        "calls.md",
        "applications.md",
        "annual-reports.md",
        "earlier-centres.md",
        "progress-reports.md",
        "centre-changes.md",
        "register.md",
        "support.md",
        "assessments.md",
        "tasks.md",
        "global-report.md",
        "calendars.md",
        "centre-partners.md",
        "committees.md",
        "evaluations.md",
        "evidence.md",
        "schemes.md",
        "dashboards.md",
        "open-data.md",
        "results.md",
        "spreadsheets.md",
        "plans.md",
        "command-line.md",
    ],
)
def test_the_commands_of_a_page_run_in_order(page: str, running: dict[str, Any], tmp_path: Path) -> None:
    run_commands(page, running, tmp_path)


@pytest.mark.parametrize("page", ["membership.md", "institutions.md", "focal-points.md"])
def test_the_commands_of_a_page_that_reads_mails_run_in_order(
    page: str, running: dict[str, Any], tmp_path: Path
) -> None:
    run_commands(page, running, tmp_path)


@pytest.mark.parametrize("page", ["tour.md", "plans.md", "secretariat-frontend.md", "congresses.md", "certificates.md"])
def test_the_commands_of_a_page_run_again(page: str, running: dict[str, Any], tmp_path: Path) -> None:
    run_commands(page, running, tmp_path)
    run_commands(page, running, tmp_path)
