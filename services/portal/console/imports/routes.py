"""Imports at the console: a file, its columns, a rehearsal, the import, its failures and its undo."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from services.portal.console.describing.labels import state_label
from services.portal.console.frame.files import LARGEST, FileForm, SentFile, file_router, read_file
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.imports import following
from services.portal.console.imports.files import carried, from_carried, preview_of
from services.portal.console.imports.following import UNDER_WAY, Order
from services.portal.console.imports.kinds import ImportKind, allowed_kinds, import_kinds, named_kinds
from services.portal.console.session.caller import Caller, accepted
from services.portal.console.session.guards import CurrentCaller, Form, SentForm
from shared.reading.api import Reply
from shared.web.contract.route_options import RouteOptions

_PAGE = RouteOptions(is_public=True, is_keyed=False)
_COLUMN = "column-"
_FIELD = "field-"

router = console_router()
files = file_router()


@router.get("/console/imports", options=_PAGE)
async def list_imports(caller: CurrentCaller) -> Response:
    """The last imports."""
    found = await following.last_imports(caller)
    states = {one["id"]: state_label(one["status"], f"{one['service']}.imports", caller.language) for one in found}
    return page(caller, "imports.html", here="imports", imports=found, states=states)


@router.get("/console/imports/new", options=_PAGE)
async def choose_file(request: Request, caller: CurrentCaller) -> Response:
    """The form that asks for a file and for what is in it."""
    return await _choice(caller, request.query_params.get("kind", ""))


@files.post("/console/imports/columns", options=_PAGE)
async def choose_columns(caller: CurrentCaller, form: FileForm) -> Response:
    """The columns of a file with its first rows; one without a preview is rehearsed at once."""
    kind, file = _kind_in(form), await _file_in(form)
    if kind is None or file is None:
        return await _choice(caller, form.get("kind", ""), "imports.need_file", 422)
    preview = await preview_of(file, kind, caller.principal.account)
    if preview is None:
        return await _rehearsed(caller, kind, form, file, {})
    values = {"preview": preview, "headings": kind.headings, "column": _COLUMN, "field": _FIELD}
    shown: dict[str, Any] = {**_carried(caller, kind, form, file), **values}
    return page(caller, "import_columns.html", here="imports", **shown)


@files.post("/console/imports/check", options=_PAGE)
async def rehearse(caller: CurrentCaller, form: FileForm) -> Response:
    """The outcome of an import that writes nothing."""
    kind, file = _kind_in(form), await _file_in(form)
    if kind is None or file is None:
        return await _choice(caller, form.get("kind", ""), "imports.need_file", 422)
    return await _rehearsed(caller, kind, form, file, _mapping_in(form))


@files.post("/console/imports/commit", options=_PAGE)
async def commit(caller: CurrentCaller, form: FileForm) -> Response:
    """Imports the file, and shows how far it is."""
    kind, file = _kind_in(form), await _file_in(form)
    if kind is None or file is None:
        return await _choice(caller, form.get("kind", ""), "imports.need_file", 422)
    order = Order(kind, _mapping_in(form), form.get("source", ""), form.get("licence", ""))
    reply = accepted(await following.ordered(caller, order, file, "commit"))
    key = await following.import_of_job(caller, kind.service, reply.document["id"])
    return seen(f"/console/imports/{key}" if key else "/console/imports")


@router.get("/console/imports/{key}", options=_PAGE)
async def show_import(key: str, caller: CurrentCaller) -> Response:
    """One import: how far it is, what became of its rows, and what may be undone."""
    service, record, job = await _read(caller, key)
    is_under_way = job["status"] in UNDER_WAY or record["status"] in ("pending", "undoing")
    failed = (record["counts"] or {}).get("failed", 0)
    return page(
        caller,
        "import.html",
        here="imports",
        record=record,
        job=job,
        is_under_way=is_under_way,
        state=state_label(record["status"], f"{service}.imports", caller.language),
        counts=_counts(record),
        failures=await following.failures_of(caller, service, key) if failed else None,
        can_undo=any(one["action"] == "undo" and one["allowed"] for one in record["allowed_actions"] or []),
    )


@router.get("/console/imports/{key}/failures.csv", options=_PAGE)
async def download_failures(key: str, caller: CurrentCaller) -> Response:
    """The failed rows as they were sent, with code and reason."""
    service, _ = await following.found_import(caller, key)
    reply = accepted(await caller.get(f"/{service}/v1/imports/{key}/failures", {"safe": "true"}))
    headers = {"Content-Disposition": f'attachment; filename="failures-{key[:8]}.csv"'}
    return Response(reply.content, 200, headers, "text/csv; charset=utf-8")


@router.post("/console/imports/{key}/undo", options=_PAGE)
async def undo(key: str, caller: CurrentCaller, _form: SentForm) -> Response:
    """Removes what the import created and restores what it changed."""
    service, reply = await following.found_import(caller, key)
    headers = {"If-Match": reply.headers["etag"]}
    path = f"/{service}/v1/imports/{key}/transitions"
    accepted(await caller.send("POST", path, {"action": "undo"}, headers))
    return seen(f"/console/imports/{key}")


async def _read(caller: Caller, key: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    service, reply = await following.found_import(caller, key)
    record = reply.document
    return service, record, await caller.read(record["job"])


async def _rehearsed(
    caller: Caller, kind: ImportKind, form: Form, file: SentFile, mapping: Mapping[str, str | None]
) -> Response:
    reply = await following.ordered(caller, Order(kind, mapping, form.get("source", "")), file, "dry_run")
    if reply.status_code == 422:
        return await _refused(caller, kind, form, file, reply)
    job = await following.waited_for(caller, kind.service, accepted(reply).document["id"])
    result = job["result"] or {}
    key = result.get("import_id")
    failures = None
    if key and (result.get("counts") or {}).get("failed"):
        failures = await following.failures_of(caller, kind.service, key)
    record = await caller.read(f"/{kind.service}/v1/imports/{key}") if key else {"counts": None, "columns": []}
    return page(
        caller,
        "import_checked.html",
        here="imports",
        **_carried(caller, kind, form, file),
        job=job,
        is_under_way=job["status"] in UNDER_WAY,
        counts=_counts(record),
        failures=failures,
        failures_at=f"/console/imports/{key}/failures.csv" if key else "",
        ignored=result.get("ignored_columns", []),
        mapped=[(name, heading) for name, heading in mapping.items()],
        column=_COLUMN,
        field=_FIELD,
    )


async def _refused(caller: Caller, kind: ImportKind, form: Form, file: SentFile, reply: Reply) -> Response:
    """The page of the columns, with what the API found wrong with the file."""
    problem, preview = reply.document, await preview_of(file, kind, caller.principal.account)
    if preview is None:
        return await _choice(caller, kind.key, "", 422, problem)
    values = {"preview": preview, "headings": kind.headings, "column": _COLUMN, "field": _FIELD, "problem": problem}
    shown = {**_carried(caller, kind, form, file), **values}
    return page(caller, "import_columns.html", status=422, here="imports", **shown)


async def _choice(
    caller: Caller, kind: str, fault: str = "", status: int = 200, problem: Mapping[str, Any] | None = None
) -> Response:
    kinds = await allowed_kinds(caller)
    values = {"kinds": kinds, "kind": kind, "fault": fault, "problem": problem, "most": LARGEST >> 20}
    return page(caller, "import_new.html", status=status, here="imports", **values)


def _counts(record: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(name, number) for name, number in (record["counts"] or {}).items() if isinstance(number, int)]


def _carried(caller: Caller, kind: ImportKind, form: Form, file: SentFile) -> dict[str, Any]:
    """What a page of an import carries to the next one."""
    name = dict(named_kinds(caller.language))[kind.key]
    return {
        "kind": kind,
        "kind_named": name,
        "file": file,
        "carried": carried(file),
        "source": form.get("source", ""),
        "licence": form.get("licence", ""),
        "problem": None,
    }


def _kind_in(form: Form) -> ImportKind | None:
    return import_kinds().get(form.get("kind", ""))


async def _file_in(form: Form) -> SentFile | None:
    """The file of a form: the one that was chosen, else the one that the page carried. Raises TooLarge."""
    if (file := form.files.get("file")) is not None:
        return await read_file(file)
    return from_carried(form.get("file_name", "file"), form.get("file_media", ""), form.get("carried", ""))


def _mapping_in(form: Form) -> dict[str, str | None]:
    """Which column fills which heading: the fields `column-0` and `field-0`, and so on."""
    found: dict[str, str | None] = {}
    for name, column in form.items():
        number = name.removeprefix(_COLUMN)
        if name.startswith(_COLUMN) and number.isdecimal():
            found[column] = form.get(f"{_FIELD}{number}", "") or None
    return found
