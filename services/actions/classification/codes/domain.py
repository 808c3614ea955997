"""The rules of codes of one edition."""

from collections.abc import Iterator, Mapping, Sequence

from services.actions.classification.codes.record import Code
from services.actions.classification.schemes.domain import in_use
from shared.kernel.errors import FieldError, Invalid, pointer_to
from shared.kernel.repeats import repeats
from shared.records.record import Texts

MOST_AT_ONCE = 2_000
MOST_LEVELS = 10
"""The most levels of codes, from one without a parent to the last."""


def check(given: Sequence[Code], parents: Mapping[str, str | None]) -> None:
    """Raises Invalid for a code that is given twice, a parent that the edition lacks, and parents that form a circle
    or too many levels. `parents` are those of the edition's codes."""
    whole = {**parents, **{one["code"]: one.get("parent", parents.get(one["code"])) for one in given}}
    if errors := list(_faults(given, whole)):
        raise Invalid("The codes cannot be stored; see errors. Nothing was stored.", errors=errors)


def _faults(given: Sequence[Code], parents: Mapping[str, str | None]) -> Iterator[FieldError]:
    again = repeats(one["code"] for one in given)
    for n, one in enumerate(given):
        code = one["code"]
        if n in again:
            yield FieldError("not_unique", "The code is given twice.", pointer=pointer_to(n, "code"))
        parent = parents[code]
        if parent is not None and parent not in parents:
            yield FieldError("unknown_reference", "The edition has no such code.", pointer=pointer_to(n, "parent"))
        elif len(list(ancestors(code, parents))) == MOST_LEVELS:
            detail = f"Parents form a circle, or more than {MOST_LEVELS} levels."
            yield FieldError("relation_cycle", detail, pointer=pointer_to(n, "parent"))


def ancestors(code: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    """The parent of a code, its parent, and so on; at most ten."""
    above = parents.get(code)
    for _ in range(MOST_LEVELS):
        if above is None:
            return
        yield above
        above = parents.get(above)


def further_titles(n: int, stored: Mapping[str, object] | None, given: Code) -> Texts:
    """The titles of a code of a current edition with further languages. `n` is its place in the request.

    Raises Conflict `scheme_in_use` for a new code and for another change.
    """
    if stored is None:
        raise in_use(n)
    before: Texts = dict(stored["titles"])  # type: ignore[call-overload]
    for name, value in given.items():
        if name != "titles" and value != stored[name]:
            raise in_use(n, name)
    for language, text in given["titles"].items():
        if before.get(language, text) != text:
            raise in_use(n, "titles", language)
    return {**before, **given["titles"]}
