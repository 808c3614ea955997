"""The root of the command `escm`."""

import typer

from deploy.cli import (
    account,
    admin,
    archive,
    audit,
    backup,
    client,
    database,
    demo,
    doctor,
    drill,
    evidence,
    incidents,
    jobs,
    keys,
    mail,
    matrix,
    openapi,
    passwords,
    processes,
    secret_files,
    settings,
    up,
)
from deploy.cli.api import WithApi
from deploy.local.folder import IS_INSTALLED

app = typer.Typer(
    name="escm",
    cls=WithApi,
    help="Runs and looks after the backend of the ESCM secretariat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("serve")(processes.serve)
app.command("worker")(processes.worker)
app.command("relay")(processes.relay)
app.command("migrate")(database.migrate)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("drill")(drill.drill)
app.command("doctor")(doctor.doctor)
app.command("settings")(settings.settings)
app.command("keys")(keys.keys)
if not IS_INSTALLED:  # both write files of the clone
    app.command("openapi")(openapi.openapi)
    app.command("matrix")(matrix.matrix)
app.add_typer(account.app, name="account")
app.add_typer(admin.app, name="admin")
app.add_typer(archive.app, name="archive")
app.add_typer(audit.app, name="audit")
app.add_typer(client.app, name="client")
app.add_typer(demo.app, name="demo")
app.add_typer(evidence.app, name="evidence")
app.add_typer(incidents.grants, name="grant")
app.add_typer(jobs.app, name="jobs")
app.add_typer(mail.app, name="mail")
app.add_typer(passwords.app, name="passwords")
app.add_typer(secret_files.app, name="secrets")


@app.command()
def version() -> None:
    """Print the version."""
    from shared.kernel.release import release

    typer.echo(release())
