"""`/console/{service}/{resource}`: a list of one kind, narrowed by its address, with steps for several records."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from fastapi import Response

from services.portal.console.describing.fields import Field
from services.portal.console.describing.labels import code_label, state_label, verb_label
from services.portal.console.describing.resources import Kind
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.records.about import about, title_by
from services.portal.console.records.reading import Record, known_kind, names_of
from services.portal.console.records.shown import Shown, fields_shown, shown_in
from services.portal.console.session.caller import Caller, accepted
from services.portal.console.session.guards import CurrentCaller, SentForm
from services.portal.register.views import country_choices
from shared.kernel.errors import Malformed
from shared.web.contract.route_options import RouteOptions

router = console_router()
PAGE_SIZE = 25
_MOST_COLUMNS = 3
_FIRST_FILTERS = ("q", "status", "country", "holder")
_SHOWN_FIRST = (
    *("due", "due_on", "reply_due", "category", "kind", "role", "year", "number", "date", "starts", "ends", "office"),
    *("score", "resource", "email", "planned_for", "verified", "severity", "priority", "level", "measure", "mode"),
)
"""Members that say most of a record in one line, the most telling first."""
_IN_A_CELL = ("text", "day", "moment", "choice", "number", "boolean", "country", "language")
_SORTED = "sort"


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the list with its present value, and the codes to choose from with their names."""

    field: Field
    value: str
    options: tuple[tuple[str, str], ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A record in the list."""

    record: Record
    title: str
    page: str
    state: str
    cells: Mapping[str, Shown]


@router.get("/console/{service}/{resource}", options=RouteOptions(is_public=True))
async def show_list(service: str, resource: str, caller: CurrentCaller) -> Response:
    """The records that the caller may know of, a page at a time. Where the API refuses a filter, the page says why."""
    kind = known_kind(service, resource)
    asked = _asked(kind, caller)
    further = {"include": "permitted"} if kind.has.permitted else {}
    reply = await caller.get(kind.path, {**asked, **further, "limit": str(PAGE_SIZE)})
    is_refused = bool(asked) and reply.status_code == HTTPStatus.BAD_REQUEST
    found: Record = {"items": [], "next": None} if is_refused else accepted(reply).document
    permitted = frozenset(found.get("permitted") or ())
    columns = _columns(kind, found["items"])
    subjects = [about(kind, record) for record in found["items"]]
    names = await names_of(caller, (pair for pairs in subjects for pair in pairs))
    narrowed = {name: value for name, value in asked.items() if name != "cursor"}
    return page(
        caller,
        "records_list.html",
        status=reply.status_code,
        kind=kind,
        refused=reply.document if is_refused else None,
        lines=[
            _line(kind, record, title_by(record, pairs, names, caller.language), columns, caller.language)
            for record, pairs in zip(found["items"], subjects, strict=True)
        ],
        columns=columns,
        choices=_choices(kind, asked, caller.language),
        narrowed=narrowed,
        is_narrowed=bool(narrowed.keys() - {_SORTED}),
        first=_address(kind, narrowed) if "cursor" in asked else None,
        following=_address(kind, {**narrowed, **cursor_in(found["next"])}) if found["next"] else None,
        creating=_creating(kind, asked) if "create" in permitted else None,
        verbs=_verbs(kind, permitted, caller.language),
        countries=country_choices(caller.language, fictional=caller.request.app.state.settings.fictional_countries),
    )


@router.post("/console/{service}/{resource}/csv", options=RouteOptions(is_public=True))
async def fetch_list(service: str, resource: str, caller: CurrentCaller, form: SentForm) -> Response:
    """The whole list as a file, by a link that holds for five minutes."""
    kind = known_kind(service, resource)
    known = {field.name for field in kind.filters}
    given = {name: value for name, value in form.multi_items() if name in known and value}
    path = f"{kind.path}?{urlencode({**given, 'format': 'csv', 'safe': 'true', 'bom': 'true'})}"
    link = accepted(await caller.send("POST", f"/{kind.service}/v1/links", {"path": path})).document
    return seen(str(link["url"]))


def cursor_in(following: str) -> dict[str, str]:
    """The cursor of the address of a next page."""
    return {"cursor": parse_qs(urlsplit(following).query)["cursor"][0]}


def _asked(kind: Kind, caller: Caller) -> dict[str, str]:
    """The filters of the address that have a value. Raises Malformed for a name that is no filter."""
    known = {*(field.name for field in kind.filters), "cursor", _SORTED}
    given = caller.request.query_params
    if unknown := given.keys() - known - {"done"}:
        raise Malformed(f"The list has no filter {', '.join(sorted(unknown))}.")
    return {name: given[name].strip() for name in given if name in known and given[name].strip()}


def _columns(kind: Kind, items: list[Record]) -> tuple[Field, ...]:
    """The members in which the records of this page say most."""
    filled = {name for record in items for name, value in record.items() if value is not None}
    by_name = {field.name: field for field in fields_shown(kind)}
    fitting = [
        by_name[name]
        for name in _SHOWN_FIRST
        if name in filled and name in by_name and by_name[name].kind in _IN_A_CELL and not by_name[name].refers
    ]
    return tuple(fitting[:_MOST_COLUMNS])


def _line(kind: Kind, record: Record, title: str, columns: tuple[Field, ...], language: str) -> Line:
    return Line(
        record,
        title,
        f"{kind.page}/{quote(str(record['id']))}",
        state_label(str(record["status"]), kind.name, language) if record.get("status") else "",
        {shown.name: shown for shown in shown_in(columns, record, {})},
    )


def _choices(kind: Kind, asked: Mapping[str, str], language: str) -> list[Choice]:
    made = [
        Choice(field, asked.get(field.name, ""), _options(kind, field, language), field.name in _FIRST_FILTERS)
        for field in kind.filters
    ]
    order = {name: place for place, name in enumerate(_FIRST_FILTERS)}
    return sorted(made, key=lambda choice: order.get(choice.field.name, len(order)))


def _options(kind: Kind, field: Field, language: str) -> tuple[tuple[str, str], ...]:
    if field.name == "status":
        return tuple((code, state_label(code, kind.name, language)) for code in field.choices)
    return tuple((code, code_label(field.name, code, language)) for code in field.choices)


def _creating(kind: Kind, asked: Mapping[str, str]) -> str | None:
    """The form of a new record, which begins with what the list is narrowed to; None for kinds without a form."""
    if kind.creation is None:
        return None
    known = {field.name for field in kind.creation}
    said = {name: value for name, value in asked.items() if name in known and "," not in value}
    return f"{kind.page}/new?{urlencode(said)}" if said else f"{kind.page}/new"


def _verbs(kind: Kind, permitted: frozenset[str], language: str) -> list[tuple[str, str]]:
    """The steps that the caller may take with several records at once."""
    if not kind.has.many:
        return []
    return [(verb, verb_label(verb, kind.name, language)) for verb in kind.verbs if verb in permitted]


def _address(kind: Kind, query: Mapping[str, Any]) -> str:
    return f"{kind.page}?{urlencode(query)}" if query else kind.page
