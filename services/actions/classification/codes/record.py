"""A code of an edition. It is a part of the edition, whose history records the changes of codes."""

from typing import TypedDict

from shared.records.record import Texts


class Code(TypedDict, total=False):
    """A code; what a change does not give stays."""

    code: str
    parent: str | None
    kind: str | None
    titles: Texts
    uri: str | None
    order: int
