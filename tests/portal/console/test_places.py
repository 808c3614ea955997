"""Where steps and records of the console are found."""

from services.portal.console.work.queue import place_of_step
from services.portal.settings import PortalSettings
from tests.support.console import SECRET


def test_steps_lead_to_the_page_on_which_they_are_taken() -> None:
    page = "/console/actions/tasks/x/do/start"
    assert place_of_step("actions.tasks", "x", page) == page
    assert place_of_step("membership.experts", "x", page) == "/console/experts/x/screen"
    assert place_of_step("centres.centres", "x", page) == "/console/centres/x"


def test_mails_lead_to_the_console_unless_there_is_another_frontend() -> None:
    common = {"environment": "test", "issuer": "https://escm.test"}
    assert PortalSettings(**common).work_page == ""  # type: ignore[arg-type]
    own = PortalSettings(**common, console_key=SECRET)  # type: ignore[arg-type]
    assert own.work_page.format(service="actions", resource="tasks", id="x", language="fr") == (
        "https://escm.test/console/actions/tasks/x"
    )
    other = "https://office.example/{id}"
    assert PortalSettings(**common, console_key=SECRET, record_page=other).work_page == other  # type: ignore[arg-type]
