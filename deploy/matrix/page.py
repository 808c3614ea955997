"""`docs/reference/access-matrix.md`: the class of each role's response to each operation."""

from collections.abc import Iterable
from itertools import groupby

from deploy.local.folder import PROJECT
from deploy.matrix.demands import Ask
from deploy.matrix.holders import OWN, Holder, holders
from deploy.matrix.operations import Operation, operations
from deploy.matrix.readers import SERVICES, roles_of
from deploy.matrix.responses import (
    ALWAYS_PUBLISHED,
    MAY_BE_PUBLISHED,
    OTHER,
    SEEN_BY_ANOTHER,
    WITHOUT_COUNTRY,
    Class,
    Target,
    class_of,
)
from deploy.matrix.sign_ins import sign_ins
from deploy.matrix.ways import WAYS, Way, actors, expected, expected_for_oneself

FILE = PROJECT / "docs" / "reference" / "access-matrix.md"
_ON_RECORD = (
    Ask.SEE,
    Ask.DO,
    Ask.STEP,
    Ask.PART,
    Ask.STEP_PART,
    Ask.ANOTHERS,
    Ask.OWNER,
    Ask.CREDENTIAL,
    Ask.DELEGATE,
    Ask.HAND_OVER,
)
_ON_NONE = (Ask.NOTHING, Ask.SIGNED_IN, Ask.SANDBOX, Ask.ANYWHERE, Ask.STARTER, Ask.PERSON, Ask.MAILED, Ask.FOR_ONESELF)
_HEAD = """# Who may do what

Written by `make matrix` from the OpenAPI descriptions and the services' role tables; a test compares every cell with
what the system answers.

A cell is the answer to a caller with this one grant: `+` done (or refused for another reason than the caller's
rights), `1` 401, `3` 403, `4` 404, `2` 422 since the record that the body names does not exist for the caller, `9`
409 since a rule of the step refuses this caller. One sign stands for every record. With a bar, what stands before it
is for a record of the caller's own country, or of its own scope, what stands behind it for one of another country;
where there are two signs, the first is for a published record, the second for an unpublished one. `person` is
somebody who is signed in and holds no role: what stands before their bar is for their own API key or session, or for
a grant that is theirs. A `key` is an API key that its owner, who holds the grant, has narrowed no further, or to
reading. A grant over a region counts as one over each of its countries. Records of others that are not published do
not exist (404); what is seen but may not be done is 403.
"""
_WAYS = """## Ways to a role or a credential

Who brings each about for another account or client of the own country: `+` at once, `-` not, `2` where it waits for a
second person. What follows from a record waits as a proposed grant instead (`w`). Nobody does so for themselves, which
a test compares too.
"""
_SIGN_INS = """## Sign-ins

What these operations ask of the sign-in of a person besides: the level (`1` one factor, `2` two, `phr` a passkey,
`own` the highest that the account can reach) and the most seconds since then. Otherwise the answer is 401
`insufficient_user_authentication`. API keys of people are refused (403 `needs_a_person`); clients that act for
themselves are asked for nothing.
"""
_VERBS = """## Verbs

The permissions behind the cells, by role. `*` stands for every kind, or every verb.
"""


def render() -> bytes:
    """The page: the same contract and role tables give the same bytes."""
    columns = list(holders())
    parts = [_HEAD]
    for service, found in groupby(operations(), key=lambda operation: operation.service):
        parts.append(f"## {service}\n\n{_table(columns, found)}")
    parts += [_WAYS, _ways(), _SIGN_INS, _sign_ins(), _VERBS]
    parts += [f"### {service}\n\n{_verbs(service)}" for service in SERVICES]
    return "\n".join(parts).encode()


def _ways() -> str:
    known = list(actors())
    head = ["operation", "gain", *(actor.name for actor in known)]
    lines = [_line(head), _line(["---"] * len(head))]
    for way in WAYS:
        granted, refused = "2" if way.proposes else "+", "-" if way.resource else "w"
        cells = [granted if expected(way, actor) else refused for actor in known]
        lines.append(_line([way.operation, f"{way.how}{_of_two(way)}", *cells]))
    if any(expected_for_oneself(way, actor) for way in WAYS for actor in known):
        raise ValueError("somebody brings a role or a credential about for themselves")
    return "\n".join(lines) + "\n"


def _sign_ins() -> str:
    lines = [_line(["operation", "in which case", "level", "seconds"]), _line(["---"] * 4)]
    return "\n".join([*lines, *(_line(asked) for asked in sign_ins())]) + "\n"


def _of_two(way: Way) -> str:
    return f" (role of two{', confirmed' if way.confirms else ''})" if way.confirms or way.proposes else ""


def targets(operation: Operation) -> tuple[Target, ...]:
    """Records of the caller's own country and scope, then of another; published ones first, if there are any."""
    if operation.demand.ask in _ON_NONE:
        return (_target(operation, own=True, published=False),)
    published = _published(operation)
    return tuple(_target(operation, own=own, published=state) for own in (True, False) for state in published)


def _published(operation: Operation) -> tuple[bool, ...]:
    plural = operation.path.split("/")[3]
    if operation.demand.ask not in _ON_RECORD or plural not in MAY_BE_PUBLISHED:
        return (False,)
    return (True,) if plural in ALWAYS_PUBLISHED else (True, False)


def _target(operation: Operation, *, own: bool, published: bool) -> Target:
    where = "own" if own else "other"
    place = OWN if own else OTHER
    country = None if operation.resource in WITHOUT_COUNTRY else place
    child = operation.resource in SEEN_BY_ANOTHER
    return Target(country, published, f"{where}-child" if child else where, where)


def _table(columns: list[Holder], found: Iterable[Operation]) -> str:
    head = ["operation", *(holder.name for holder in columns)]
    lines = [_line(head), _line(["---"] * len(head))]
    for operation in found:
        cells = [_cell(operation, holder) for holder in columns]
        lines.append(_line([f"`{operation.method} {operation.path}` {operation.note}".rstrip(), *cells]))
    return "\n".join(lines) + "\n"


def _cell(operation: Operation, holder: Holder) -> str:
    classes = [class_of(operation, holder, target, scope_id="own") for target in targets(operation)]
    half = len(classes) // 2
    if len(set(classes)) == 1:
        return classes[0]
    return f"{_short(classes[:half])}\\|{_short(classes[half:])}"


def _short(classes: list[Class]) -> str:
    return classes[0] if len(set(classes)) == 1 else "".join(classes)


def _verbs(service: str) -> str:
    lines = [_line(["role", "kind", "verbs"]), _line(["---"] * 3)]
    for role, held in sorted(roles_of(service).items()):
        for plural in sorted({plural for plural, _ in held}):
            verbs = " ".join(sorted(verb for name, verb in held if name == plural))
            lines.append(_line([role, plural, verbs]))
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
