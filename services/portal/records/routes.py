"""Where mails and calendars lead: `/{language}/records/{service}/{resource}/{id}`, a page for every kind of record.

The page says what kind of record it is and where it is worked on. It is the same for every record of a kind that is not
public, and for ids that no record has.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages import templates
from services.portal.pages.languages import router_of_languages
from services.portal.reading.reads import PageReads
from services.portal.settings import installation_of
from shared.contracts.kinds import kind_names
from shared.kernel.errors import NotFound, RateLimited, Unavailable
from shared.pages.policy import HTML, PAGE
from shared.web.contract.route_options import RouteOptions
from shared.web.edge.fixed import tagged_response

_HEADERS = {**PAGE, "Cache-Control": "public, max-age=30", "X-Robots-Tag": "noindex"}
_KEY = re.compile(r"^[A-Za-z0-9-]{1,64}$")
_SHOWN: Mapping[str, str] = {
    "membership.experts": "/experts/{ref}",
    "membership.institutions": "/institutions/{ref}",
    "membership.initiatives": "/initiatives/{ref}",
    "centres.centres": "/centres/{ref}",
    "centres.committees": "/countries/{country}",
    "actions.programmes": "/countries/{country}",
    "actions.editions": "/reports/{ref}",
    "actions.contributions": "/reports/{edition_id}/{ref}",
}
"""The pages of public records, or of the country whose page has them."""
_FURTHER = {"actions.editions": ("published_at",), "actions.contributions": ("edition_id",)}
"""Members that a record must have for its page, besides those of all."""
router = router_of_languages()


@router.get("/records/{service}/{resource}/{key}", options=RouteOptions(is_public=True))
async def show_record(language: str, service: str, resource: str, key: str, request: Request) -> Response:
    """What a record is, with links to its public page and to where it is worked on; without such a place, the public
    page itself."""
    kind = f"{service}.{resource}"
    if kind not in kind_names() or not _KEY.match(key):
        raise NotFound("There is no such record.")
    tail = f"/records/{service}/{resource}/{key}"
    if request.query_params:
        return RedirectResponse(f"/{language}{tail}", 301)
    shown = await _public_page(request, language, kind, key)
    pattern: str = request.app.state.settings.work_page
    if shown and not pattern:
        return RedirectResponse(shown, 302, {"Cache-Control": _HEADERS["Cache-Control"]})
    values = {
        "kind": kind_names()[kind][language],
        "work": pattern.format(language=language, service=service, resource=resource, id=key),
        "shown": shown,
    }
    body = templates.page("record.html", language, tail=tail, **installation_of(request)._asdict(), **values)
    return tagged_response(request, body, HTML, _HEADERS)


async def _public_page(request: Request, language: str, kind: str, key: str) -> str | None:
    """The address of the page that shows what is public about a record; None if nothing is, or if its service does not
    respond."""
    if kind not in _SHOWN:
        return None
    service, _, plural = kind.partition(".")
    try:
        further = _FURTHER.get(kind, ())
        found = await PageReads(request).known(service, plural, key, fields=",".join(("ref", "country", *further)))
    except (RateLimited, Unavailable):
        return None
    if found is None or not all(found[name] for name in further):
        return None
    return f"/{language}{_SHOWN[kind].format_map({**found, 'ref': quote(found['ref'])})}"
