"""`/sitemap.xml`: an index with one map for each language, which has all pages that search engines may show.

No expert is in it: whether somebody agreed to be found by search engines is not public, so that their pages ask not to
be indexed.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

from services.portal.pages.about import TOPICS
from services.portal.reading.reads import PageReads
from services.portal.reports.views import editions
from shared.kernel.countries import known_codes
from shared.kernel.text import LANGUAGES

INDEX = "/sitemap.xml"
XML = "application/xml; charset=utf-8"
_BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_TOPICS = tuple(f"/about/{topic}" for topic in TOPICS)
_FIXED = (
    "/",
    "/people",
    "/countries",
    "/institutions",
    "/centres",
    "/initiatives",
    "/reports",
    "/data",
    "/verify",
    *_TOPICS,
)
_LISTS = (("membership", "institutions"), ("centres", "centres"), ("membership", "initiatives"))
_AT_ONCE = 200
_MOST = 15_000
"""Most records of a list: a map may have 50,000 addresses."""


def index(origin: str) -> str:
    """The index of the maps."""
    maps = "".join(f"<sitemap><loc>{escape(f'{origin}/sitemaps/{tag}.xml')}</loc></sitemap>\n" for tag in LANGUAGES)
    return f'{_BEGIN}<sitemapindex xmlns="{_NAMESPACE}">\n{maps}</sitemapindex>\n'


async def pages(reads: PageReads, language: str, origin: str, *, fictional: bool) -> str:
    """The map of a language. Raises Unavailable if a service does not respond."""
    countries = [f"/countries/{code}" for code in sorted(known_codes(fictional=fictional))]
    lists = await asyncio.gather(*(_records(reads, service, plural) for service, plural in _LISTS))
    tails = [*_FIXED, *countries, *(tail for found in lists for tail in found), *await _reports(reads)]
    urls = "".join(f"<url><loc>{escape(f'{origin}/{language}{tail}')}</loc></url>\n" for tail in tails)
    return f'{_BEGIN}<urlset xmlns="{_NAMESPACE}">\n{urls}</urlset>\n'


async def _reports(reads: PageReads) -> Sequence[str]:
    """The editions that have appeared, and what is published in them."""
    refs = {one["id"]: one["ref"] for one in await editions(reads)}
    asked = {"fields": "ref,edition_id", "limit": str(_AT_ONCE)}
    texts = [one async for one in reads.every("actions", "contributions", **asked)] if refs else []
    known = [one for one in texts if one["edition_id"] in refs]
    named = [f"/reports/{refs[one['edition_id']]}/{one['ref']}" for one in known]
    return [*(f"/reports/{ref}" for ref in refs.values()), *named[:_MOST]]


async def _records(reads: PageReads, service: str, plural: str) -> Sequence[str]:
    found: list[str] = []
    async for item in reads.every(service, plural, fields="ref", limit=str(_AT_ONCE)):
        found.append(f"/{plural}/{quote(item['ref'], safe='')}")
        if len(found) == _MOST:
            break
    return found
