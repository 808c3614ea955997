"""Every place of a body or a transition that refers to a record, with a reference to it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from deploy.matrix.operations import Operation, operations
from shared.kernel.clock import today
from tests.authorization.bodies import Path, places, schema_of, with_value
from tests.authorization.country_fixture import CountryFixture
from tests.authorization.requests import Request, Started, body_for, request_for
from tests.support.centres import DOCUMENT

NAMING = [
    each
    for each in operations()
    if each.method in ("POST", "PATCH", "PUT") and not each.path.endswith("/transitions") and not each.note
]
_FOLLOWING = str(today() + timedelta(days=10))
FIELDS: Mapping[str, Any] = {
    "document": DOCUMENT, "ends": _FOLLOWING, "evaluation": DOCUMENT, "evidence": [DOCUMENT], "final_report": DOCUMENT,
    "number": "N-1", "party": "A party", "principal": {"kind": "account", "id": ""}, "reply_due": _FOLLOWING,
    "resolve": {}, "signatory": "A signatory", "signed_at": "2026-01-01", "starts": str(today()), "to": _FOLLOWING,
    "until": _FOLLOWING, "waiver": {"reason": "So be it."},
}  # fmt: skip
"""The other fields of a transition while one of them refers to a record."""


def naming(operation: Operation, country_fixture: CountryFixture, key: str, ref: str) -> Iterator[Request]:
    """The operation on the fixture's own record, with this id, or number, in each place that may refer to a record: in
    addition to the present values, and alone."""
    request = request_for(operation, country_fixture, Started("", "", ""))
    schema = schema_of(operation.service, operation.method, operation.path)
    for valid, only in _valid(operation, country_fixture):
        for at, described in places(operation.service, schema):
            if not _names(at, described) or only not in ((), at):
                continue
            for name in dict.fromkeys((key, key if described.get("format") == "uuid" else ref)):
                added, alone = with_value(valid, at, name), _alone(valid, at, name)
                for body in (added, alone) if alone != added else (added,):
                    sent = {at[0]: body[at[0]]} if operation.method == "PATCH" else body
                    yield Request(request.method, request.path, sent, request.item)


def _alone(valid: Any, at: Path, name: str) -> Any:
    """The body without the other parts of the value that refers to a record."""
    if isinstance(valid, list):
        return [_alone(valid[0], at[1:], name), *valid[1:]]
    return {**valid, **with_value({}, at, name)}


def _valid(operation: Operation, country_fixture: CountryFixture) -> Iterator[tuple[Any, Path]]:
    """Bodies that create such a record, each with the only place to try, if any. Clients may hold grants too, and
    grants may be over records."""
    body = body_for(operation.id.replace("update", "create", 1), country_fixture)
    yield body, ()
    if operation.id == "createGrant":
        yield {**body, "principal": {"kind": "client", "id": country_fixture.id("clients")}}, ("principal", "id")
        for role, kind in (("institution_representative", "institution"), ("centre_director", "centre"),
                           ("reviewer", "record"), ("expert", "self")):  # fmt: skip
            yield {**body, "role": role, "scope_kind": kind}, ("scope_id",)


def _names(at: Path, described: Mapping[str, Any]) -> bool:
    """Whether the place refers to a record; `after` is a place in the order of ids."""
    name = next((str(part) for part in reversed(at) if isinstance(part, str)), "")
    if name == "after":
        return False
    return described.get("format") == "uuid" or name.endswith(("_id", "_ids")) or name == "id"


def fields_naming(
    names: tuple[str, ...], key: str, *, is_record: bool
) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """The fields of a transition, one of which refers to a record by this id, by the field and the form of the
    reference. Only accounts and clients have other forms than the id."""
    for name in names:
        others = {other: FIELDS[other] for other in names if other != name and other in FIELDS}
        for form, shape in enumerate((key,) if is_record else _shapes(key)):
            yield (name, form), {**others, name: shape}


def _shapes(key: str) -> Iterator[Any]:
    document = {name: value for name, value in DOCUMENT.items() if name != "url"}
    yield from (key, [key], {"kind": "account", "id": key}, {"kind": "client", "id": key}, {"resolve": {"id": key}})
    yield from ({"reason": "So be it.", "second_person": key}, {**document, "evidence_id": key})
