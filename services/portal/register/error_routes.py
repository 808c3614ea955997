"""The form by which a reader reports an error in a record, `/{language}/{plural}/{key}/error`. It works without scripts
and cookies."""

import re
from http import HTTPStatus
from urllib.parse import parse_qs, quote

import orjson
from fastapi import Request, Response

from services.portal.pages import templates
from services.portal.pages.addresses import moved
from services.portal.pages.languages import router_of_languages
from services.portal.pages.texts import best, country_name
from services.portal.reading.reads import PageReads
from services.portal.register.reporting import REPORTED, report_address
from services.portal.settings import installation_of, origin_of
from shared.kernel.errors import Malformed, NotFound, Unavailable
from shared.pages.policy import GUARD, HTML
from shared.reading.api import PublicApi
from shared.web.contract.route_options import RouteOptions

_HEADERS = {**GUARD, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_ADDRESS = "/{plural}/{key}/error"
_MOST_FIELDS = 10
_SENT = "sent"
_NUMBER = re.compile(r"[A-Z]{3}-[0-9]{6,12}")
_FAULTS = {HTTPStatus.TOO_MANY_REQUESTS: "limited", HTTPStatus.UNPROCESSABLE_ENTITY: "refused"}
router = router_of_languages()


@router.get(_ADDRESS, options=RouteOptions(is_public=True))
async def error_form(language: str, plural: str, key: str, request: Request) -> Response:
    """The form about one record; with the number of a report in `sent`, thanks for it. Raises NotFound for a record
    that is not public or has no country."""
    record, name = await _record(request, language, plural, key)
    sent = request.query_params.get(_SENT, "")
    if _NUMBER.fullmatch(sent) and len(request.query_params) == 1:
        return _page(request, language, record, name, ref=sent)
    if request.query_params:
        return moved(f"{record}/error")
    return _page(request, language, record, name)


@router.post(_ADDRESS, options=RouteOptions(is_public=True))
async def send_error(language: str, plural: str, key: str, request: Request) -> Response:
    """Sends what the form says to the office, and leads to thanks that another load does not send again. Raises what
    `error_form` raises, Malformed for a form of another site, Unavailable."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Malformed("The form was sent by another site.")
    said = await _said(request)
    record, name = await _record(request, language, plural, key)
    body = {"record": f"{REPORTED[plural]}/{record.rpartition('/')[2]}", "text": said, "language": language}
    api: PublicApi = request.app.state.public_api
    reply = await api.post("/actions/v1/tasks/reported_errors", orjson.dumps(body), request, {})
    if reply.status_code == HTTPStatus.CREATED:
        following = f"{record}/error?{_SENT}={quote(str(reply.document['ref']), safe='')}"
        return Response(None, HTTPStatus.SEE_OTHER, {**_HEADERS, "Location": following})
    fault = _FAULTS.get(HTTPStatus(reply.status_code))
    if fault is None:
        raise Unavailable("The service actions fails.")
    return _page(request, language, record, name, status=reply.status_code, fault=fault, said=said)


async def _said(request: Request) -> str:
    """The text of the form. Raises Malformed for what is no form."""
    try:
        fields = parse_qs((await request.body()).decode("ascii"), max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise Malformed("This is not the form of the page.") from None
    return fields.get("text", [""])[0].replace("\r\n", "\n").strip()


async def _record(request: Request, language: str, plural: str, key: str) -> tuple[str, str]:
    """The address of a record's page, and its name."""
    service = REPORTED.get(plural, "").partition("/v1")[0].strip("/")
    found = await PageReads(request).known(service, plural, key.upper()) if service else None
    if found is None:
        raise NotFound("There is no such record.")
    if plural == "countries":
        ref, name = found["code"], country_name(found["code"], language)
    else:
        ref, name = found["ref"], found.get("display_name") or best(found["names"], language)[1]
    return f"/{language}/{plural}/{quote(ref, safe='')}", name


def _page(
    request: Request, language: str, record: str, name: str, *, status: int = 200, ref: str = "", **more: str
) -> Response:
    tail = f"{record.removeprefix(f'/{language}')}/error"
    settings, place = request.app.state.settings, f"{origin_of(request)}{record}"
    mail = report_address(settings, f"{name} {ref}".strip(), place)
    values = {"record": record, "about": name, "ref": ref, "mail": mail, "contact": settings.contact}
    values |= {"fault": "", "said": "", **more}
    body = templates.page("report_error.html", language, tail=tail, **installation_of(request)._asdict(), **values)
    return Response(body, status, _HEADERS, HTML)
