"""`import`, `export`, `jobs wait`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..client import Api
from ..contract import RESOURCES
from ..jobs import Job
from . import output
from .calling import MISTAKE, collection, complete_resource, connect, filters_of, mistake, service_of

jobs = typer.Typer(help="Jobs: imports, exports and other work that takes longer.", no_args_is_help=True)
Resource = Annotated[str, typer.Argument(help="Such as `experts`.", autocompletion=complete_resource)]


def import_file(
    resource: Resource,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, NDJSON or XLSX.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and write nothing.")] = False,
    waits: Annotated[bool, typer.Option("--wait", help="Wait for the job, with a bar.")] = False,
    on_error: Annotated[str, typer.Option(help="`skip` wrong rows, or `abort` and write nothing.")] = "skip",
    mapping: Annotated[Path | None, typer.Option(help="A JSON file from columns to fields.")] = None,
    failures: Annotated[Path | None, typer.Option(help="Store the failed rows here, with the reason of each.")] = None,
) -> None:
    """Import a file. Ends with 1 if rows failed."""
    fields: dict[str, Any] = {"mapping": json.loads(mapping.read_text())} if mapping else {}
    with connect() as api:
        service, name = _service(api, resource)
        job = service_of(api, service).import_file(name, file, dry_run=dry_run, on_error=on_error, **fields)
        if not (waits or failures):
            output.out.print(job.address, markup=False)
            return
        result = wait(job, f"import of {file.name}")
        output.counts(result)
        failed = int(result["counts"]["failed"])
        if failed and failures:
            _store(job, result["failures_url"], failures)
            output.err.print(f"The failed rows are in {failures}.", markup=False)
    if failed:
        raise typer.Exit(MISTAKE)


def export(
    ctx: typer.Context,
    resource: Resource,
    target: Annotated[Path, typer.Option("--output", "-o", help="The file; its ending is csv, ndjson or xlsx.")],
) -> None:
    """Export records into a file. Filters are options: `export experts -o experts.xlsx --country XA`."""
    kind = target.suffix.removeprefix(".")
    if kind not in ("csv", "ndjson", "xlsx"):
        mistake(f"{target} does not end with csv, ndjson or xlsx")
    with connect() as api:
        service, name = _service(api, resource)
        job = service_of(api, service).export(name, kind, filters=filters_of(ctx.args))
        wait(job, f"export of {name}")
        _store(job, job.state["result_url"], target)
    output.err.print(f"{target} has {target.stat().st_size} bytes.", markup=False)


@jobs.callback()
def group() -> None:
    """Keep `wait` a command of its own."""


@jobs.command("wait")
def wait_for(
    job: Annotated[str, typer.Argument(help="The address of a job, as `import` prints it.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Wait until a job has ended, with a bar. Ends with 1 if it failed."""
    service = job.removeprefix("/").partition("/")[0]
    if service not in {one.partition(".")[0] for one in RESOURCES}:
        mistake(f"{job} is no address of a job: /membership/v1/jobs/…")
    with connect() as api:
        result = wait(service_of(api, service).job(job), "job")
    (output.as_json if as_json else output.record)(result)


def _service(api: Api, resource: str) -> tuple[str, str]:
    _, service, _, name = collection(api, resource).path.split("/")
    return service, name


def _store(job: Job, address: str, target: Path) -> None:
    with output.bar(f"download of {target.name}", of_bytes=True) as progress:
        job.store(address, target, progress)


def wait(job: Job, what: str) -> dict[str, Any]:
    """The result of a job, with a bar."""
    with output.bar(what) as progress:
        return job.wait(progress=progress)
