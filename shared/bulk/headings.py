"""The headings that an import accepts."""

from collections.abc import Iterable


class Headings(tuple[str, ...]):
    """Names of columns. With a `prefix`, every longer name that begins with it is also a heading."""

    prefix: str

    def __new__(cls, names: Iterable[str], prefix: str = "") -> "Headings":
        made = super().__new__(cls, names)
        made.prefix = prefix
        return made

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        return bool(self.prefix) and isinstance(name, str) and name.startswith(self.prefix) and name != self.prefix
