"""The content of a fact, inside and outside. Thin: ids, version, country, link; no personal data leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from shared.contracts.registry import FACTS
from shared.kernel.clock import now, to_text
from shared.kernel.ids import uuid7_bytes
from shared.observability.traces import traceparent

DATA_SCHEMA = "/access/v1/openapi.json#/components/schemas/FactData"
_READING = {"reading": True}


def _new_id() -> UUID:
    return UUID(bytes=uuid7_bytes())


def _trace() -> str | None:
    return traceparent.get()


class FactData(BaseModel):
    """The record of a fact. A caller who may read it follows the link.

    `country_left` is the country that the record left with this change. For a caller who gets the fact only because of
    that country, `country` is null.
    """

    id: UUID = Field(description="The record's id.")
    ref: str = Field(description="The record's ref.", examples=["CTR-000123"])
    version: int = Field(description="The version that the change made.", examples=[3])
    country: str | None = Field(description="The record's country.", examples=["XA"])
    country_left: str | None = Field(None, description="The country that the record left.", examples=[None])
    link: str = Field(
        description="The record's address.", examples=["/centres/v1/centres/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]
    )


class CloudEvent(BaseModel):
    """A fact as the feed and the webhooks show it: CloudEvents 1.0, JSON. `sequence` is the record's version."""

    id: UUID = Field(description="The event's id; who gets it twice passes over the second.")
    source: str = Field(description="The service that announced it.", examples=["/centres"])
    specversion: Literal["1.0"] = Field(description="The version of CloudEvents.")
    type: str = Field(description="What happened.", examples=["escm.centres.centre.designated.v1"])
    time: str = Field(description="When it happened.", examples=["2026-11-24T10:00:00.000000Z"])
    subject: str = Field(description="The record's id.", examples=["0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"])
    dataschema: str = Field(description="The schema of `data`.", examples=[DATA_SCHEMA])
    sequence: str = Field(description="The record's version, which orders its events.", examples=["3"])
    data: FactData = Field(description="The record that it is about.")


class Fact(BaseModel):
    """Something that has happened to a record, as it travels between services.

    Closed when built: an unknown field or an unregistered type is an error. Tolerant when read (`read`, `of_row`):
    what a newer release added is passed over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID = Field(default_factory=_new_id)
    type: str
    time: datetime = Field(default_factory=now)
    subject: UUID
    ref: str
    version: Annotated[int, Field(ge=1)]
    country: str | None = None
    country_left: str | None = None
    visibility: str | None = None
    link: str
    traceparent: str | None = Field(default_factory=_trace)
    bulk: bool = False

    @field_validator("type")
    @classmethod
    def _registered(cls, value: str, info: ValidationInfo) -> str:
        if value not in FACTS and info.context is not _READING:
            raise ValueError(f"{value} is not a registered fact; shared/contracts lists them")
        return value

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> "Fact":
        """A fact from stored JSON of any release. Raises ValidationError if a field is missing."""
        return cls.model_validate(payload, extra="ignore", context=_READING)

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> "Fact":
        """A fact from a row of `core_fact` or `core_outbox`, whose types the database has checked."""
        return cls.model_construct(
            id=row["fact"],
            type=row["type"],
            time=row["time"],
            subject=row["subject"],
            ref=row["ref"],
            version=row["version"],
            country=row["country"],
            country_left=row["country_left"],
            visibility=row["visibility"],
            link=row["link"],
            traceparent=row["traceparent"],
            bulk=row["bulk"],
        )

    @property
    def service(self) -> str:
        """The service that announced it."""
        return self.type.split(".", 2)[1]

    def cloudevent(self) -> dict[str, Any]:
        """The CloudEvent as plain JSON values."""
        subject = str(self.subject)
        return {
            "id": str(self.id),
            "source": f"/{self.service}",
            "specversion": "1.0",
            "type": self.type,
            "time": to_text(self.time),
            "subject": subject,
            "dataschema": DATA_SCHEMA,
            "sequence": str(self.version),
            "data": {
                "id": subject,
                "ref": self.ref,
                "version": self.version,
                "country": self.country,
                "country_left": self.country_left,
                "link": self.link,
            },
        }
