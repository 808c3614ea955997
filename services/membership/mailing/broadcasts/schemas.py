"""What goes over HTTP for broadcasts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import orjson
from pydantic import AfterValidator, Field

from services.membership.mailing.broadcasts import record
from services.membership.mailing.broadcasts.domain import FASTEST, LIFECYCLE, OUTCOMES, PURPOSES, outcomes_of
from services.membership.mailing.broadcasts.tables import broadcast
from shared.kernel.clock import to_text
from shared.kernel.text import LANGUAGES
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import CleanTree, Line, Prose, ResponseModel
from shared.web.contract.schemas import RecordBody, RecordResponse

_Language: TypeAlias = Literal[LANGUAGES]  # type: ignore[valid-type]
_BY_LANGUAGE = {"x-escm-widget": "multilingual"}


def _joined(segment: Mapping[str, str | list[str]]) -> dict[str, str]:
    """Each filter with its values as the list takes them: separated by commas."""
    return {name: ",".join(value) if isinstance(value, list) else value for name, value in segment.items()}


class BroadcastBody(RecordBody, of=record.Broadcast):
    """The body of a broadcast."""

    subjects: Annotated[
        dict[_Language, Line],
        Field(min_length=1, examples=[{"en": "The congress of 2027"}], json_schema_extra=_BY_LANGUAGE),
    ]
    texts: Annotated[
        dict[_Language, Prose],
        Field(min_length=1, examples=[{"en": "The programme is published."}], json_schema_extra=_BY_LANGUAGE),
    ]
    segment: Annotated[
        dict[str, str | list[str]],
        Field(max_length=20, examples=[{"country": "XA", "status": "active"}]),
        CleanTree,
        AfterValidator(_joined),
    ]
    purpose: Literal[PURPOSES]  # type: ignore[valid-type]
    per_minute: Annotated[int, Field(ge=1, le=FASTEST)] = 60


class Outcomes(ResponseModel):
    """How many recipients have each outcome. They add up to `total`."""

    total: Annotated[int, Field(examples=[120]), "The experts of the segment, when the recipients were listed."]
    queued: Annotated[int, Field(examples=[0]), "Those who wait."]
    sending: Annotated[int, Field(examples=[0]), "Those whose mail is on its way to the mail server."]
    sent: Annotated[int, Field(examples=[97]), "Those whose mail the mail server has taken."]
    refused: Annotated[int, Field(examples=[1]), "Those whose mail the mail server has refused for good."]
    bounced: Annotated[int, Field(examples=[2]), "Those whose mail came back."]
    unknown: Annotated[int, Field(examples=[0]), "Those of whom nobody knows whether the mail server has the mail."]
    excluded: Annotated[int, Field(examples=[20]), "Those who get no mail."]
    excluded_for: Annotated[
        dict[str, int], Field(examples=[{"no_consent": 18, "no_address": 2}]), "The excluded ones, by reason."
    ]


class Broadcast(RecordResponse, of=record.Broadcast, lifecycle=LIFECYCLE):
    """A broadcast; its country is always null."""

    segment: Annotated[dict[str, str], Field(examples=[{"country": "XA", "status": "active"}])]
    purpose: Annotated[str, Field(examples=["outreach"], json_schema_extra={STATES: [*PURPOSES]})]
    outcomes: Annotated[Outcomes | None, "How many recipients have each outcome; in items, not in lists."] = None


class Recipient(ResponseModel):
    """A recipient of a broadcast."""

    id: Annotated[UUID, "The recipient's id, from which the Message-ID of the mail is made."]
    expert_id: Annotated[UUID, Refers("/membership/v1/experts"), "The expert."]
    language: Annotated[str, Field(examples=["en"]), "The language of the mail."]
    outcome: Annotated[
        str, Field(examples=["sent"], json_schema_extra={STATES: [*OUTCOMES]}), "What became of the mail."
    ]
    reason: Annotated[
        str | None,
        Field(examples=[None]),
        "Why there is no mail, which kind of bounce came back, or that there was a complaint.",
    ]
    tried_at: Annotated[datetime | None, "When the mail was last handed to the mail server; null where it never was."]
    bounced_at: Annotated[datetime | None, "When a bounce or complaint was reported; null where there was none."]


class DryRun(ResponseModel):
    """Who would get the broadcast now."""

    total: Annotated[int, Field(examples=[120]), "The experts of the segment."]
    by_language: Annotated[dict[str, int], Field(examples=[{"en": 80, "fr": 20}]), "The recipients, by language."]
    excluded: Annotated[
        dict[str, int], Field(examples=[{"no_consent": 18, "no_address": 2}]), "Those who get no mail, by reason."
    ]


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcomes": outcomes_of(orjson.loads(row["counts"]))} if "counts" in row else {}


present = presenter(record.Broadcast, broadcast, derive=_derived)


def present_recipient(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """A recipient as a list shows it."""
    instants = {name: to_text(row[name]) if row[name] else None for name in ("tried_at", "bounced_at")}
    ids = {name: str(row[name]) for name in ("id", "expert_id")}
    return {**ids, **{name: row[name] for name in ("language", "outcome", "reason")}, **instants}


def dry_run(counts: list[Any]) -> dict[str, Any]:
    """The response from rows with `language`, `reason` and `n`."""
    by_language = {row["language"]: row["n"] for row in counts if row["reason"] is None}
    excluded: dict[str, int] = {}
    for row in counts:
        if row["reason"] is not None:
            excluded[row["reason"]] = excluded.get(row["reason"], 0) + row["n"]
    return {"total": sum(row["n"] for row in counts), "by_language": by_language, "excluded": excluded}
