"""Writing mappings of a scheme."""

from collections.abc import Sequence
from dataclasses import replace

from services.actions.classification.codes import queries as codes
from services.actions.classification.mappings import domain, queries
from services.actions.classification.mappings.record import Mapping
from services.actions.classification.schemes.operations import SCHEMES
from services.actions.classification.schemes.queries import edition_of
from services.actions.classification.schemes.record import Scheme
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, Invalid, invalid_field, unknown_reference
from shared.records.documents import with_digests


async def store(uow: UnitOfWork, of: Scheme, given: Sequence[Mapping]) -> Scheme:
    """The locked current edition, whose scheme has these mappings, all or none. A pair of codes that is mapped gets the
    new relation and source.

    Raises Conflict for another edition, Invalid for mappings that the scheme cannot have and sources that cannot be
    used.
    """
    if of.status != "current":
        raise Conflict("Mappings are stored with the current edition.")
    unknown = await codes.unknown(uow.connection, {end for one in given for end in domain.pair_of(one)})
    domain.check(of.code, given, unknown)
    sources = await with_digests(uow, {f"/{n}/source": one.source for n, one in enumerate(given)}, is_final=True)
    await queries.store(
        uow.connection, [replace(one, source=source) for one, source in zip(given, sources, strict=True)]
    )
    if await queries.count(uow.connection, of.code) > domain.MOST:
        raise invalid_field("", "too_long", f"A scheme has at most {domain.MOST:,} mappings.")
    return await SCHEMES.write(uow, "store_mappings", of, of, fact="updated")


async def store_one(uow: UnitOfWork, given: Mapping) -> None:
    """Stores a mapping with the current edition of the scheme that it is from.

    Raises Invalid `unknown_reference` if there is none, and what `store` raises, with pointers into the mapping.
    """
    scheme = await edition_of(uow.connection, given.origin["scheme"], None)
    if scheme is None:
        raise unknown_reference("/from/scheme", "scheme with a current edition")
    try:
        await store(uow, await SCHEMES.lock(uow, scheme), [given])
    except Invalid as error:
        errors = [replace(each, pointer=(each.pointer or "").removeprefix("/0")) for each in error.errors]
        raise Invalid(error.detail, errors=errors) from None
