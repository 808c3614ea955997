"""The names of one kind of record, its address and its facts."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Resource:
    """`Resource("membership", "experts", "expert")` has the address `/membership/v1/experts`. `prefix` begins the names
    of its operations and schemas, if another service has records of the same name."""

    service: str
    plural: str
    entity: str
    prefix: str = ""

    @cached_property
    def name(self) -> str:
        """`membership.experts`, in grants of clients, audit entries and imports."""
        return f"{self.service}.{self.plural}"

    @cached_property
    def path(self) -> str:
        """The collection's path from the origin."""
        return f"/{self.service}/v1/{self.plural}"

    @property
    def title(self) -> str:
        """`focal point`, in summaries of one record."""
        return _title(self.entity)

    @property
    def titles(self) -> str:
        """`focal points`, in summaries of several records."""
        return _title(self.plural)

    @property
    def a_title(self) -> str:
        """`a focal point`, in summaries of one record."""
        return f"{'an' if self.title[0] in 'aeioAEIO' else 'a'} {self.title}"

    @property
    def class_name(self) -> str:
        """`FocalPoint`, in operation ids and schemas of one record."""
        return self.prefix + _class_name(self.entity)

    @property
    def class_names(self) -> str:
        """`FocalPoints`, in operation ids of several records."""
        return self.prefix + _class_name(self.plural)

    def link(self, record: object) -> str:
        """The item's path from the origin."""
        return f"{self.path}/{record}"

    def fact(self, what: str) -> str:
        """The type of a fact: `escm.membership.expert.created.v1`."""
        return f"escm.{self.service}.{self.entity}.{what}.v1"


def _title(name: str) -> str:
    return name.replace("_", " ").replace("api key", "API key")


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
