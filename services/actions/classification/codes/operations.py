"""Writing the codes of an edition, and checking tags of any record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.actions.classification.codes import domain, queries
from services.actions.classification.codes.record import Code
from services.actions.classification.schemes.domain import MOST_CODES, in_use
from services.actions.classification.schemes.operations import SCHEMES
from services.actions.classification.schemes.record import Scheme, Tag
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import FieldError, Invalid, invalid_field, pointer_to


async def store(uow: UnitOfWork, of: Scheme, given: Sequence[Code]) -> Scheme:
    """The locked edition with these codes, all or none. A draft gets them whole; a current edition gets further
    languages of their titles.

    Raises Invalid for codes that the edition cannot have, Conflict `scheme_in_use` for another change of a published
    edition.
    """
    if of.status == "superseded":
        raise in_use()
    stored = await queries.stored(uow.connection, of.id, [one["code"] for one in given])
    parents = await queries.parents(uow.connection, SYSTEM_CONTEXT, of.id)
    domain.check(given, parents)
    if of.status == "current":
        given = [
            {**one, "titles": domain.further_titles(n, stored.get(one["code"]), one)} for n, one in enumerate(given)
        ]
    count = len(parents.keys() | {one["code"] for one in given})
    if count > MOST_CODES:
        raise invalid_field("", "too_long", f"An edition has at most {MOST_CODES:,} codes.")
    rows = [_row(n, one, dict(stored.get(one["code"]) or {})) for n, one in enumerate(given)]
    await queries.store(uow.connection, of.id, rows)
    return await SCHEMES.write(uow, "store_codes", of, replace(of, code_count=count), fact="updated")


def _row(n: int, given: Code, stored: dict[str, object]) -> dict[str, object]:
    """The columns of a code. A new one without an order has its place in the request."""
    row = {"parent": None, "kind": None, "uri": None, "order": n, **stored, **given}
    return {**row, "position": row.pop("order")}


async def require_known_codes(uow: UnitOfWork, field: str, wanted: Sequence[Tag], before: Sequence[Tag] = ()) -> None:
    """Checks the tags of a record in `field`, except those that it had before: a scheme with a current edition has the
    code. Other schemes are free text.

    Raises Invalid `unknown_code` with a pointer to each other code. The caller bounds the number of tags.
    """
    named = [(n, tag) for n, tag in enumerate(wanted) if tag not in before]
    await require_known(uow, {pointer_to(field, n, "code"): (tag["scheme"], tag["code"]) for n, tag in named})


async def require_known(uow: UnitOfWork, named: Mapping[str, tuple[str, str]]) -> None:
    """Checks schemes with codes by their pointers, as `require_known_codes` does the tags of a record."""
    unknown = await queries.unknown(uow.connection, set(named.values())) if named else ()
    detail = "The current edition of the scheme has no such code."
    errors = [FieldError("unknown_code", detail, pointer=pointer) for pointer, code in named.items() if code in unknown]
    if errors:
        raise Invalid(detail, errors=errors)
