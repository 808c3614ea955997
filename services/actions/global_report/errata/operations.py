"""Publishing errata."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.actions.global_report.builds.operations import order_again
from services.actions.global_report.contributions.domain import PUBLISHED
from services.actions.global_report.contributions.operations import CONTRIBUTIONS, is_author_of
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.editions.domain import CORRECTABLE, MOST_ISSUES
from services.actions.global_report.editions.operations import EDITIONS
from services.actions.global_report.errata import queries
from services.actions.global_report.versions.tables import erratum
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, unknown_reference
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.record import Texts
from shared.records.requirements import require

ERRATA = Resource("actions", "errata", "erratum")
SEVERITIES = ("minor", "major")


@dataclass(frozen=True, slots=True)
class Given:
    """What an editor corrects: the version that is published from now on, and what readers are told."""

    version: int
    severity: str
    texts: Texts


async def create(uow: UnitOfWork, access: AccessScope, of: Contribution, given: Given) -> Mapping[str, object]:
    """Publishes a newer version of a published contribution beside the one before, as the next issue of its edition,
    which is built again. Returns the row, with the number of the build. `access` is the access scope for errata.

    Raises Forbidden for who is no editor, Conflict for one who is an author (`is_an_author`), for an edition or
    contribution in another state, and for the chapter of a country without its consent to this version, Invalid for a
    version that is no newer one in the contribution's language.
    """
    require(access, "create", of.country, of.edition_id)
    edition = await EDITIONS.lock(uow, of.edition_id)
    before = await CONTRIBUTIONS.lock(uow, of.id)
    published = before.published_version
    if edition.status not in CORRECTABLE or before.status not in PUBLISHED or published is None:
        state = edition.status if before.status in PUBLISHED else before.status
        raise Conflict("Errata are of published texts.", members={"current_state": state})
    if edition.issue >= MOST_ISSUES:
        raise Conflict(f"An edition has at most {MOST_ISSUES} errata.")
    if await is_author_of(uow.connect, access.principal, before):
        raise Conflict("Another editor publishes the erratum.", code="is_an_author")
    found = await queries.version_of(uow.connection, before.id, given.version)
    is_newer = found is not None and found["translates"] is None and given.version > published
    if found is None or not is_newer or found["language"] != before.language:
        raise unknown_reference("/version", "newer version in the contribution's language")
    if before.country is not None and (before.consent is None or before.consent["version"] != given.version):
        missing = {"reason": "national_consent_missing", "current_state": before.status}
        raise Conflict("The country has not consented to this version of its chapter.", members=missing)
    row = {
        "id": uuid7(),
        "edition_id": edition.id,
        "contribution_id": before.id,
        "issue": edition.issue + 1,
        "version": given.version,
        "replaces": published,
        "severity": given.severity,
        "texts": given.texts,
        "published_at": now(),
        "created_by": uow.origin.actor.label,
    }
    uow.append_row(erratum, row)
    after = await EDITIONS.write(uow, "correct", edition, replace(edition, issue=edition.issue + 1), fact="updated")
    corrected = replace(before, published_version=given.version)
    await CONTRIBUTIONS.write(uow, "correct", before, corrected, fact="corrected")
    return {**row, "build": await order_again(uow, after)}
