"""The command line: `escm api` where the whole system is installed, else `escm-api`.

Status 0: done. 1: the command or its input is wrong. 2: the system refuses. 3: try later.
"""

import typer

from . import bulk, events, login, records, webhooks
from .calling import Calls

app = typer.Typer(
    name="api",
    cls=Calls,
    help="Calls the API. Ends with 1 for a wrong command or input, with 2 if the system refuses, with 3 to try later.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
ANY_FILTER = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Further options are filters: `--country XA`."""

app.command("login")(login.login)
app.command("logout")(login.logout)
app.command("whoami")(login.whoami)
app.command("list", context_settings=ANY_FILTER)(records.list_records)
app.command("get")(records.get)
app.command("create")(records.create)
app.command("set")(records.set_fields)
app.command("do")(records.do)
app.command("verbs")(records.verbs)
app.command("history")(records.history)
app.command("import")(bulk.import_file)
app.command("export", context_settings=ANY_FILTER)(bulk.export)
app.command("listen")(events.listen)
app.command("trigger")(events.trigger)
app.add_typer(bulk.jobs, name="jobs")
app.add_typer(events.app, name="events")
app.add_typer(webhooks.app, name="webhooks")


def main() -> None:
    """The command of the installed client."""
    app(prog_name="escm-api")
