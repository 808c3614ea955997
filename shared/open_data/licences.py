"""The licence under which an installation publishes its data."""

from collections.abc import Mapping
from typing import NamedTuple

_ADDRESSES: Mapping[str, str] = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
}
"""The addresses of licences by their SPDX id."""


class Licence(NamedTuple):
    """A licence: its SPDX id, or its address if it has none, and its address."""

    name: str
    address: str

    @property
    def link(self) -> str:
        """The header of a file under this licence (RFC 8288)."""
        return f'<{self.address}>; rel="license"'


def licence_of(name: str) -> Licence:
    """The licence with this SPDX id or address."""
    return Licence(name, _ADDRESSES.get(name, name))
