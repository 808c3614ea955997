"""What goes over HTTP for webhooks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.access.authority.grants.schemas import GrantHolder, Holder
from services.access.notifying.webhooks import domain, record
from services.access.notifying.webhooks.domain import LIFECYCLE, health
from services.access.notifying.webhooks.operations import WEBHOOKS
from services.access.notifying.webhooks.queries import render
from shared.kernel.clock import now, to_text
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.web.contract.fields import Body, CountryCode, Line, OneLine, ResponseModel
from shared.web.contract.schemas import RecordResponse

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=100), OneLine, Field(examples=["escm.centres.*"])]
RecordName = Annotated[str, StringConstraints(min_length=1, max_length=40), OneLine, Field(examples=["CTR-000045"])]
_OLDEST = timedelta(days=90)


class WebhookBody(Body, of=record.Webhook):
    """What may change of a webhook."""

    name: Annotated[Line, Field(examples=["Ministry register"])]
    url: Annotated[str, StringConstraints(min_length=1, max_length=2_000), OneLine]
    types: Annotated[list[Pattern], Field(min_length=1, max_length=50)]
    countries: Annotated[list[CountryCode] | None, Field(min_length=1, max_length=249)] = None
    records: Annotated[list[RecordName] | None, Field(min_length=1, max_length=100)] = None
    signatures: Annotated[list[Literal["v1", "v1a"]], Field(min_length=1, max_length=2)] = ["v1", "v1a"]
    bulk: Literal["notice", "each"] = "notice"
    rate: Annotated[int, Field(ge=1, le=100)] = 10
    in_flight: Annotated[int, Field(ge=1, le=20)] = 4


class WebhookCreate(WebhookBody):
    """A new webhook. It gets what its owner may read, and belongs to the caller where no `owner` is given."""

    owner: Annotated[Holder | None, "The account or client whose grants decide what is sent; default: the caller."] = (
        None
    )

    def columns(self, principal: Principal) -> dict[str, Any]:
        """The columns, for a webhook that this principal makes."""
        return {
            **{name: getattr(self, name) for name in WebhookBody.model_fields},
            "owner_kind": self.owner.kind if self.owner else str(principal.kind),
            "owner_id": self.owner.id if self.owner else principal.id,
        }


class WebhookFields(Body):
    """What the transitions of a webhook take."""

    from_: Annotated[
        Literal["here", "now"] | None,
        Field(alias="from"),
        "For `resume`: go on where it paused, or with what happens from now on; default: `here`.",
    ] = None
    overlap_hours: Annotated[
        int | None,
        Field(ge=0, le=domain.LONGEST_OVERLAP, examples=[24]),
        "For `rotate`: the hours for which the present keys sign as well; default: 24.",
    ] = None


class WebhookKey(ResponseModel):
    """A key that signs."""

    id: Annotated[UUID, "The key's id."]
    public: Annotated[str, Field(examples=["whpk_3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="]), "For `v1a`."]
    from_: Annotated[datetime, Field(alias="from"), "Since when it signs."]
    until: Annotated[datetime | None, "Until when it signs; null without an end."]


class Behind(ResponseModel):
    """How far the webhook is behind the end of the feed."""

    events: Annotated[
        int,
        Field(examples=[0]),
        "Events of its owner's share of the feed that it has not passed yet; unless the owner reads everything, of the"
        " next 10,000 events of the feed.",
    ]
    seconds: Annotated[float, Field(examples=[0.0]), "How long the first of them waits."]


class Health(ResponseModel):
    """How the receiver answers."""

    state: Annotated[str, Field(examples=["good"]), "`good`, `slow` or `failing`."]
    failures: Annotated[int, Field(examples=[0]), "Failed attempts since the last success."]
    last_success: Annotated[datetime | None, "When an attempt last succeeded."]
    last_problem: Annotated[str | None, Field(examples=["timeout"]), "The problem of the last failed attempt."]


class Webhook(RecordResponse, of=record.Webhook, lifecycle=LIFECYCLE):
    """A webhook. `secret` is returned once, when it or a key of it is made."""

    owner: Annotated[GrantHolder, "The account or client whose grants decide what is sent."]
    keys: Annotated[list[WebhookKey], "The keys that sign, the newest first."]
    secret: Annotated[str | None, Field(examples=[None]), "The secret of `v1`: only when a key is made."] = None
    behind: Annotated[Behind, "How far it is behind the feed."]
    health: Annotated[Health, "How the receiver answers."]


class Attempt(ResponseModel):
    """One attempt to send an event."""

    at: Annotated[datetime, "When it began."]
    status_code: Annotated[int | None, Field(examples=[503]), "The status of the answer; null without one."]
    milliseconds: Annotated[int, Field(examples=[41]), "How long it took."]
    problem: Annotated[
        str | None,
        Field(examples=["answered"]),
        "`timeout`, `connect_failed`, `tls_failed`, `address_refused`, `redirected`, `answered` (not 2xx),"
        " `no_longer_visible`; null for a success.",
    ]
    answer_head: Annotated[
        str | None, Field(examples=["Service Unavailable"]), "The beginning of an answer that is not 2xx, for 7 days."
    ] = None


class Delivery(ResponseModel):
    """What was sent of one event, or is to be."""

    id: Annotated[UUID, "The delivery's id."]
    event_id: Annotated[UUID, "The event's id, which is the header `webhook-id`."]
    type: Annotated[str, Field(examples=["escm.centres.centre.designated.v1"]), "The type of the event."]
    record: Annotated[str, Field(examples=["CTR-000045"]), "The ref of the record."]
    country: Annotated[str | None, Field(examples=["XA"]), "The country of the record."]
    status: Annotated[
        str, Field(examples=["delivered"]), "`pending`, `retrying`, `delivered`, `exhausted`, `cancelled`."
    ]
    replay: Annotated[bool, "Whether somebody asked for it again."]
    next_attempt_at: Annotated[datetime | None, "When it is tried again."]
    attempts: Annotated[list[Attempt], "The attempts, the oldest first."]


class DeliveryPage(ResponseModel):
    """A page of deliveries, the newest first."""

    items: Annotated[list[Delivery], "The deliveries."]
    next: Annotated[str | None, Field(examples=[None]), "The address of the next page."]


class ReplayBody(Body):
    """What to send again: one event, or those of a time. `status: failed` are those that were not delivered."""

    event_id: Annotated[UUID | None, Field(examples=["01939a2f-6c1e-7b43-9d0f-2f6f0c8f1a11"]), "One event."] = None
    from_: Annotated[
        AwareDatetime | None,
        Field(alias="from", examples=[None]),
        "Events of after this instant, of 90 days at most.",
    ] = None
    to: Annotated[AwareDatetime | None, "Events up to this instant; default: now."] = None
    status: Annotated[Literal["failed", "all"], "Which of them."] = "failed"
    types: Annotated[list[Pattern] | None, Field(min_length=1, max_length=50), "Of these types; default: all."] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "ReplayBody":
        if (self.event_id is None) == (self.from_ is None):
            raise PydanticCustomError("invalid_value", "Name an event, or the beginning of a time.")
        if self.from_ is not None and not now() - _OLDEST <= self.from_ <= (self.to or now()):
            raise PydanticCustomError("out_of_range", "A time of the last 90 days.")
        return self

    def payload(self) -> dict[str, Any]:
        """The order as JSON values."""
        return {
            "event": self.event_id and str(self.event_id),
            "from": self.from_ and to_text(self.from_),
            "to": to_text(self.to or now()),
            "status": "all" if self.event_id else self.status,
            "types": self.types,
        }


class Figure(ResponseModel):
    """What came of attempts in an hour or a day, by the time of the last attempt of each event."""

    at: Annotated[datetime, "When the hour or day begins."]
    delivered: Annotated[int, Field(examples=[120]), "Events that were delivered."]
    retrying: Annotated[int, Field(examples=[2]), "Events that are tried again."]
    exhausted: Annotated[int, Field(examples=[0]), "Events that are not tried again."]
    cancelled: Annotated[int, Field(examples=[0]), "Events that were cancelled."]
    p50: Annotated[int | None, Field(examples=[31]), "Milliseconds of the median answer."]
    p95: Annotated[int | None, Field(examples=[88]), "Milliseconds within which 95 of 100 answers came."]


class Figures(ResponseModel):
    """Outcomes and times."""

    items: Annotated[list[Figure], "The hours or days, the oldest first."]


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The webhook in a response, without its secret."""
    shown = render(row)
    state = _loaded(row.get("state")) or {}
    shown["owner"] = {"kind": shown.pop("owner_kind"), "id": shown.pop("owner_id")}
    shown["keys"] = _loaded(row.get("keys")) or []
    shown["secret"] = None
    shown["behind"] = {"events": state.get("events", 0), "seconds": round(state.get("seconds", 0), 3)}
    shown["health"] = {
        "state": health(state.get("failures", 0), state.get("milliseconds")),
        "failures": state.get("failures", 0),
        "last_success": state.get("last_success"),
        "last_problem": state.get("last_problem"),
    }
    shown["links"] = {"self": WEBHOOKS.resource.link(shown["id"])}
    return shown


def present_delivery(row: Mapping[str, Any]) -> dict[str, Any]:
    """A delivery in a response."""
    due = row["next_attempt_at"]
    return {
        **{name: str(row[name]) for name in ("id", "event_id")},
        **{name: row[name] for name in ("type", "record", "country", "status", "replay", "attempts")},
        "next_attempt_at": due and to_text(due),
    }


def _loaded(document: Any) -> Any:
    """A document of a row, which reads select as text."""
    return orjson.loads(document) if isinstance(document, str) else document
