"""The names of one kind of record: where it lives, what its facts are called."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Resource:
    """`Resource("membership", "experts", "expert")` lives at `/membership/v1/experts`."""

    service: str
    plural: str
    entity: str

    @cached_property
    def name(self) -> str:
        """`membership.experts`, as grants of clients, audit entries and imports name it."""
        return f"{self.service}.{self.plural}"

    @cached_property
    def path(self) -> str:
        """The collection's path from the origin."""
        return f"/{self.service}/v1/{self.plural}"

    @property
    def title(self) -> str:
        """`focal point`, as summaries call one of them."""
        return self.entity.replace("_", " ")

    @property
    def class_name(self) -> str:
        """`FocalPoint`, as operation ids and schemas call one of them."""
        return _class_name(self.entity)

    @property
    def class_names(self) -> str:
        """`FocalPoints`, as operation ids call several."""
        return _class_name(self.plural)

    def link(self, record: object) -> str:
        """The item's path from the origin."""
        return f"{self.path}/{record}"

    def fact(self, what: str) -> str:
        """The type of a fact: `escm.membership.expert.created.v1`."""
        return f"escm.{self.service}.{self.entity}.{what}.v1"


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
