"""An expert as a schema.org Person in JSON-LD: public fields only, whoever the caller is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Uuid, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.access import ROLES
from services.membership.register.experts.domain import display_name
from services.membership.register.experts.queries import render_public
from services.membership.register.institutions.queries import visible_to
from services.membership.register.institutions.record import Institution
from services.membership.register.institutions.tables import institution
from shared.database.context import within_context
from shared.database.statements import Row, Statement
from shared.kernel.clock import today
from shared.kernel.principal import ANONYMOUS
from shared.records.access_scope import AccessKind, access_scope_for
from shared.web.request.request_context import RequestContext

_PUBLIC_INSTITUTIONS = Statement(
    within_context(
        visible_to(AccessKind.ANONYMOUS)
        .with_only_columns(institution.c.id, institution.c.display_name, institution.c.ror)
        .where(institution.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    )
)


async def card(row: Row, ctx: RequestContext) -> dict[str, Any]:
    """The Person. A present affiliation has the name of its institution if that is public, else its own text."""
    shown = orjson.loads(orjson.dumps(render_public(row)))
    works = [work for work in orjson.loads(row["affiliations"]) if _is_present(work)]
    ids = [UUID(work["institution_id"]) for work in works if work["institution_id"]]
    everybody = access_scope_for(ANONYMOUS, ROLES, Institution.resource_type)
    async with ctx.connection() as connection:
        found = await _PUBLIC_INSTITUTIONS.fetch(connection, ids=ids, **everybody.parameters) if ids else []
    known = {str(one["id"]): one for one in found}
    page = f"{ctx.settings.issuer.rstrip('/')}/en/experts/{shown['ref']}"
    names = dict.fromkeys(display_name([name]) for name in shown["names"])
    document = {
        "@context": "https://schema.org",
        "@type": "Person",
        "@id": page,
        "url": page,
        "identifier": shown["ref"],
        "name": shown["display_name"],
        "alternateName": [name for name in names if name != shown["display_name"]],
        "sameAs": [f"https://orcid.org/{shown['orcid']}"] if shown["orcid"] else [],
        "affiliation": [one for work in works if (one := _organisation(work, known.get(work["institution_id"])))],
        "knowsAbout": [*shown["keywords"], *map(_in_words, (*shown["planetary_boundaries"], *shown["ecosystems"]))],
        "knowsLanguage": shown["languages"],
    }
    return {name: value for name, value in document.items() if value}


def _is_present(work: Mapping[str, Any]) -> bool:
    last: str | None = work["to"]
    return last is None or last >= today().isoformat()[: len(last)]


def _organisation(work: Mapping[str, Any], known: Row | None) -> dict[str, str] | None:
    if known is None:
        return {"@type": "Organization", "name": work["raw"]} if work["raw"] else None
    return {
        "@type": "Organization",
        "name": known["display_name"],
        **({"sameAs": known["ror"]} if known["ror"] else {}),
    }


def _in_words(code: str) -> str:
    return code.replace("-", " ")
