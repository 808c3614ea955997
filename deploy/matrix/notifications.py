"""The page of which transition notifies whom, from the lifecycles and the catalogue of notifications."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from deploy.local.folder import PROJECT
from deploy.matrix.readers import SERVICES, resource_types_of
from deploy.matrix.silent import NOBODY
from services.access.notifying.notifications.deliveries import DAILY, DEFAULT_DELIVERY
from services.access.notifying.notifications.domain import EVERY_NOTICE, KINDS, NOTICES, WORK_KIND, event_of
from services.access.notifying.notifications.sentences import sentence
from shared.kernel.lifecycle import Transition
from shared.records.resource_type import ResourceType

FILE = PROJECT / "docs" / "reference" / "notifications.md"
_STAYS = "the state stays"
_HEAD = f"""# Who is notified of what

Written by `make matrix` from the lifecycles of all services and the catalogue of notifications; a test compares it. A
transition that is in neither list of the catalogue fails that test.

Each notification is one row for a person, a record, an event and a day, in `GET /access/v1/notifications`. Nobody is
notified of their own transition. People choose for each kind between `mail`, `digest` (one mail a day) and `none` in
`PATCH /access/v1/accounts/me`; a kind that they do not name is `{DEFAULT_DELIVERY}`, and
{" and ".join(f"`{kind}`" for kind in sorted(DAILY))} are `digest`. Mails go to
verified addresses of active accounts, in the language of the account, as text and as HTML; a person whose erasure is
open gets none. Their links lead to `/{{language}}/records/…`, the portal's page of the record. Programs have no
notifications.

`{WORK_KIND}` is what waits for a step of the person, in an office or by name: the items of `GET /access/v1/work_list`.
Whoever approves, publishes, verifies or is a second person hears of a record once each time that it begins to wait: at
once with `mail`, else at the end of the day. Mails about `actions` and of what waits are gathered: a person gets the
first at once, and what follows within a quarter of an hour in one more.

A transition or a grant that waits for a second person notifies that person if one was named, and its proposer of what
became of it; each proposal on its own, with its address. Without a name, it waits for everybody who may confirm it,
like any other work. A message that is the reason of a transition notifies nobody: the transition does. Internal
messages notify nobody.

The kinds: {", ".join(f"`{kind}`" for kind in KINDS)}.
"""
_OTHERS = "## Without a transition\n\nAlso these facts, such as reminders 60, 30 and 7 days before a term ends.\n"


class UndecidedTransition(LookupError):
    """A transition that the catalogue of notifications does not name."""


def render() -> bytes:
    """The bytes of the page. Raises UndecidedTransition."""
    grids = {service: tuple(_rows(service)) for service in SERVICES}
    entered = {fact for rows in grids.values() for fact, _ in rows}
    parts = [_HEAD]
    for service, rows in grids.items():
        parts.append(f"## {service.capitalize()}\n\n{_table(('resource', 'transition', 'kind', 'for'), rows)}")
    others = [(fact, (event_of(fact), *_notified(fact))) for fact in sorted(NOTICES.keys() - entered)]
    parts += [_OTHERS, _table(("event", "kind", "for"), others)]
    events = dict.fromkeys(notice.event for notice in EVERY_NOTICE)
    said = [("", (f"`{event}`", sentence(event, "en"))) for event in events]
    parts += ["## Sentences\n", _table(("event", "in English"), said)]
    return "\n".join(parts).encode()


def _rows(service: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fact and the cells of each transition of a service. Transitions that keep their states share a row."""
    import_module(f"services.{service}.app")
    sources: dict[tuple[str, ...], set[str]] = {}
    for kind in resource_types_of(service):
        for transition in kind.lifecycle.transitions:
            for target in transition.outcomes or (transition.target,):
                to = "the same state" if transition.sources == {target} else target or "the state before"
                for fact in sorted(_facts(kind, transition, target)):
                    row = (kind.resource.plural, transition.verb, to, fact)
                    sources.setdefault(row, set()).update(transition.sources)
    for (plural, verb, to, fact), states in sources.items():
        yield fact, (plural, f"{', '.join(sorted(states))} –{verb}→ {to}", *_notified(fact))


def _facts(kind: ResourceType[Any, Any], transition: Transition[Any], target: str | None) -> set[str]:
    """The facts of a transition: more than one if it returns to the state before."""
    if transition.fact or target:
        return {kind.resource.fact(transition.fact or str(target))}
    return {
        kind.resource.fact(source)
        for other in kind.lifecycle.transitions
        if other.target in transition.sources
        for source in other.sources
    }


def _notified(fact: str) -> tuple[str, str]:
    """The kind and the audiences of a fact, or why it notifies nobody."""
    if notices := NOTICES.get(fact):
        kinds = dict.fromkeys(f"`{notice.kind}`" for notice in notices)
        audiences = (
            f"{person}{'' if notice.is_mailed else ' (no mail)'}" for notice in notices for person in notice.audiences
        )
        return ", ".join(kinds), "; ".join(audiences)
    if reason := NOBODY.get(fact) or (_STAYS if fact.endswith(".updated.v1") else None):
        return "none", reason
    raise UndecidedTransition(f"say in services/access/notifying/notifications/domain.py whom {fact} notifies")


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, ("---",) * len(head), *(cells for _, cells in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
