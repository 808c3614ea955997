"""Options of a route, beyond the parameters of its endpoint, for the route and the contract."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import Any, NamedTuple, TypeAlias, TypeVar

from fastapi import APIRouter

from shared.bulk.blocks import FORMATS, PLACES
from shared.kernel.geojson import MEDIA_TYPE
from shared.kernel.step_up import StepUp
from shared.records.filters import Filter
from shared.records.listing import Listing
from shared.web.contract.catalogue import PROBLEMS
from shared.web.contract.deprecation import Deprecation

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Adding: TypeAlias = Callable[[Endpoint], Endpoint]
ABOUT = "{about}"
"""In the description of an operation: the sentence about its tag."""
STEP_UP = "x-escm-step-up"
"""The member of an operation with what it asks of the sign-in of a person."""
STEP_UP_PROBLEMS = ("insufficient_user_authentication", "needs_a_person")
_LIST_CONTROLS = ("sort", "limit", "cursor", "fields", "include", "format", "safe", "bom")


@dataclass(frozen=True, slots=True)
class Query:
    """Query parameters that an endpoint reads itself. `names` are those that the contract describes once for all
    endpoints, `described` are others with their descriptions."""

    names: tuple[str, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    described: Mapping[str, "str | Chosen"] = field(default_factory=dict)

    @property
    def all_names(self) -> frozenset[str]:
        return frozenset((*self.names, *self.filters, *self.described))


class Chosen(NamedTuple):
    """The description of a query parameter with a closed list of values, and the media types that it chooses beside
    JSON."""

    description: str
    values: tuple[str, ...]
    media_types: tuple[str, ...] = ()


_WITH_PLACES = Chosen(
    "The whole list as a stream, not a page; `geojson` has the records at their places on a map.",
    (*FORMATS, PLACES),
    (*(media.partition(";")[0] for media in FORMATS.values()), MEDIA_TYPE),
)
Said: TypeAlias = Mapping[str, str | Chosen]
"""Query parameters with their descriptions."""


def query_of(*names: str, filters: Iterable[Filter] = (), described: Said | None = None) -> Query:
    """The query parameters of an endpoint."""
    return Query(names, {each.name: each for each in filters}, described or {})


def query_of_list(listing: Listing, *, without: str = "") -> Query:
    """The query parameters of a list: its filters, except the one that is no parameter, and the controls of every
    list."""
    filters = [each for each in listing.filters.values() if each.name != without]
    if listing.place is None:
        return query_of(*_LIST_CONTROLS, filters=filters)
    controls = [name for name in _LIST_CONTROLS if name != "format"]
    return query_of(*controls, filters=filters, described={"format": _WITH_PLACES})


@dataclass(frozen=True, slots=True)
class RouteOptions:
    """`is_public`: it needs no token. `is_item`: it returns one record, with an ETag. `is_conditional`: it changes a
    record and requires `If-Match`. `is_keyed`: a POST stores its response under an idempotency key; not if it can be
    repeated safely, or stores nothing. `reads_primary`: anonymous callers read the primary, too, because they write
    what the route returns. `opens_late`: a write opens its unit of work by `RequestContext.writing`, after the part
    without a connection. `is_cross_origin`: pages of every origin may call it, without a token. `is_file`: it sends a
    file, to which there may be a link. `deprecation`: it retires. `step_up`: what it asks of the sign-in of a
    person; with `when`, the endpoint calls `require_step_up`. `problems` are codes in addition to those that follow
    from its method, path and parameters.

    Raises ValueError for a code that is not in the catalogue of problems.
    """

    is_public: bool = False
    is_item: bool = False
    is_conditional: bool = False
    is_keyed: bool = True
    reads_primary: bool = False
    opens_late: bool = False
    is_cross_origin: bool = False
    is_file: bool = False
    deprecation: Deprecation | None = None
    step_up: StepUp | None = None
    query: Query = Query()
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := [code for code in self.problems if code not in PROBLEMS]:
            raise ValueError(f"not in the catalogue of problems: {unknown}")


NONE = RouteOptions()


def options_of(route: object) -> RouteOptions:
    """The options of a route; the defaults if it was added without any, or is none."""
    return getattr(route, "options", NONE)


class OptionsRouter(APIRouter):
    """A router whose routes have options: `@router.get("/x", options=RouteOptions(is_public=True), …)`.

    The contract's id of an operation is the name of its function, `list_visits` as `listVisits`. The first line of the
    docstring is its summary, the rest its description, unless the route says them itself.
    """

    def get(self, path: str, *, options: RouteOptions = NONE, **more: Any) -> Adding[Any]:
        """A read."""
        return self._adding(path, "GET", options, more)

    def post(self, path: str, *, options: RouteOptions = NONE, **more: Any) -> Adding[Any]:
        """A creation or another write."""
        return self._adding(path, "POST", options, more)

    def patch(self, path: str, *, options: RouteOptions = NONE, **more: Any) -> Adding[Any]:
        """A change by a merge patch."""
        return self._adding(path, "PATCH", options, more)

    def put(self, path: str, *, options: RouteOptions = NONE, **more: Any) -> Adding[Any]:
        """A replacement."""
        return self._adding(path, "PUT", options, more)

    def delete(self, path: str, *, options: RouteOptions = NONE, **more: Any) -> Adding[Any]:
        """A removal."""
        return self._adding(path, "DELETE", options, more)

    def _adding(self, path: str, method: str, options: RouteOptions, more: Mapping[str, Any]) -> Adding[Any]:
        """Creates a class for each route, from which an application that includes this router creates the route
        again."""
        route_class = type(self.route_class.__name__, (self.route_class,), {"options": options})

        def add(endpoint: Endpoint) -> Endpoint:
            said = {**_said_of(endpoint), **more}
            self.add_api_route(path, endpoint, methods=[method], route_class_override=route_class, **said)
            return endpoint

        return add


def _said_of(endpoint: Endpoint) -> dict[str, str]:
    """What the contract says of an operation, by its function."""
    first, *others = endpoint.__name__.split("_")
    summary, _, description = cleandoc(endpoint.__doc__ or "").partition("\n\n")
    return {
        "operation_id": first + "".join(word.capitalize() for word in others),
        "summary": summary.removesuffix("."),
        "description": " ".join(description.split("\n")),
    }
