"""The lifecycle of a partnership, its sides and its dates. Plain Python."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from services.centres.network.partnerships.record import Partnership
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.principal import VISIBILITIES

KINDS = ("partner_centre", "satellite", "member", "data")
PUBLISHED = frozenset({"active", "ended"})
LIVING = ("proposed", "active")
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("proposed", "active", "declined", "ended"),
    (
        transition("accept", "proposed", "active", fact="activated"),
        transition("decline", "proposed", "declined"),
        transition("end", "active", "ended"),
        transition("expire", "active", "ended", is_scheduled=True),
        transition("end_with_side", "proposed|active", "ended", is_scheduled=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a partnership: its country, empty for a network; its visibility, `restricted` if it is not published;
    whether it has ended."""

    country: str
    visibility: str
    has_ended: bool


def side(country: str, status: str, visibility: str, published: Collection[str], ended: Collection[str]) -> Side:
    """The side that a record in this state is."""
    return Side(country, visibility if status in published else "restricted", status in ended)


def stricter(one: str, other: str) -> str:
    """The visibility that fewer callers see."""
    return max(one, other, key=VISIBILITIES.index)


def between(record: Partnership, centre: Side, partner: Side, status: str) -> Partnership:
    """The partnership in a state, with the country of its centre and the visibilities of its sides."""
    return replace(
        record,
        status=status,
        country=centre.country,
        visibility=stricter(centre.visibility, partner.visibility),
        centre_visibility=centre.visibility,
        partner_country=partner.country or None,
        partner_visibility=partner.visibility,
    )


def accepted(record: Partnership, today: date) -> Partnership:
    """The partnership from today, unless it names another first day."""
    return record if record.starts else replace(record, starts=min(today, record.ends or today))


def ended(record: Partnership, today: date) -> Partnership:
    """The partnership that ends today, unless it has ended already; never before its first day."""
    last = min(record.ends or today, today)
    return replace(record, ends=max(last, record.starts or last))
