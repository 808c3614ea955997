"""The bodies that the API takes."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from shared.web.contract.fields import Body

_SERVICES = Path(__file__).parents[2] / "services"


def every_body() -> list[type[Body]]:
    """Each kind of body of each service."""
    for path in sorted((*_SERVICES.rglob("schemas.py"), *_SERVICES.rglob("routes.py"))):
        import_module(".".join(path.relative_to(_SERVICES.parent).with_suffix("").parts))
    return list(_below(Body))


def _below(of: type[Body]) -> Iterator[type[Body]]:
    for one in of.__subclasses__():
        yield one
        yield from _below(one)
