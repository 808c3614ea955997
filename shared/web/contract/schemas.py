"""Bodies and responses that all resources share: records, transitions, histories, pages."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, create_model

from shared.kernel.lifecycle import Lifecycle
from shared.records.record import Record
from shared.web.contract.contract import STATES, JsonSchema
from shared.web.contract.derived import add_fields, body_fields, response_fields
from shared.web.contract.fields import Body, CleanTree, OneLine, Prose, ResponseModel, Visible


class TransitionBody(Body):
    """A transition of a record."""

    action: Annotated[
        str, StringConstraints(min_length=1, max_length=60), OneLine, "The verb, one of `allowed_actions`."
    ]
    reason: Annotated[Prose | None, "The reason, if `requires` names it; the history shows it."] = None
    fields: Annotated[
        dict[str, Any], Field(max_length=20), CleanTree, "What the transition takes; see its `fields_schema`."
    ] = {}


class NoFields(Body):
    """The fields of transitions that take none."""


def transition_model(
    name: str,
    lifecycle: Lifecycle[Any],
    fields: type[BaseModel] | None = None,
    base: type[TransitionBody] = TransitionBody,
) -> type[TransitionBody]:
    """The transition of one resource as the contract shows it: its verbs, and the fields that they take."""
    verbs: JsonSchema = {STATES: list(lifecycle.verbs)} if lifecycle.verbs else {}
    examples = list(lifecycle.verbs[:1]) or None
    action = Annotated[
        str,
        OneLine,
        Field(max_length=60, examples=examples, json_schema_extra=verbs),
        "The verb, one of `allowed_actions`.",
    ]
    taken: Any = Annotated[fields or NoFields, "What the transition takes; see its `fields_schema`."]
    return create_model(
        f"{name}Transition",
        __base__=base,
        __doc__=base.__doc__,
        action=(action, ...),
        fields=(taken, Field(default_factory=dict)),
    )


class PublishFields(Body):
    """What `publish` takes."""

    visibility: Annotated[
        Visible | None,
        Field(examples=["network"]),
        "For `publish`: who may know of the record. By default everybody, unless it is `restricted` already.",
    ] = None


class AllowedAction(ResponseModel):
    """A verb of the present state: where it leads, whether the caller may take it now, and why not."""

    action: Annotated[str, Field(examples=["submit"]), "The verb, as `POST …/transitions` takes it."]
    to: Annotated[str, Field(examples=["submitted"]), "The state that the transition leads to."]
    allowed: Annotated[bool, "Whether the caller may take the transition now."]
    reason: Annotated[str | None, Field(examples=[None]), "The code of what is missing, where it is not allowed."]


class OfferedAction(AllowedAction):
    """A verb of the present state, with what its transition takes."""

    requires: Annotated[
        list[str],
        Field(examples=[["reason"]]),
        "What must be given: `reason`, `second_person`; with `step_up` a sign-in as `x-escm-step-up` says.",
    ]
    fields: Annotated[list[str], Field(examples=[[]]), "The names allowed in `fields`."]
    fields_schema: Annotated[
        JsonSchema, Field(examples=[{"type": "object", "properties": {}}]), "The JSON Schema of `fields`."
    ]


class Transitions(ResponseModel):
    """The present state, its verbs, and all states."""

    status: Annotated[str, Field(examples=["draft"]), "The present state."]
    allowed_actions: Annotated[list[OfferedAction], "The verbs that leave the present state."]
    states: Annotated[list[str], Field(examples=[["draft", "submitted"]]), "All states, in the order of life."]
    permitted: Annotated[
        list[str],
        Field(examples=[["history", "update"]]),
        "What else the caller's grants include for the record: `history`, `update`.",
    ] = []


class Links(ResponseModel):
    """Addresses, relative to the origin."""

    self: Annotated[
        str, Field(examples=["/centres/v1/centres/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "The record's own address."
    ]


_REFERENCE: JsonSchema = {"format": "uri-reference"}
_ACTOR = Field(examples=["account:0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"])


class RecordBody(Body):
    """What callers write of a record. One that is declared `of` a record has the record's written fields whose limits
    the record states; it declares the others. Fields that never change are those of the body that `is_creation`."""

    def __init_subclass__(cls, of: type[Record] | None = None, *, is_creation: bool = False, **more: Any) -> None:
        if (record := of or cls.described_by) and (of or is_creation):
            add_fields(cls, body_fields(record, with_fixed=is_creation))
        super().__init_subclass__(of=of, **more)


class RecordResponse(ResponseModel):
    """The members of the response of every record. One that is declared `of` a record has the record's fields; it
    declares those that clients read otherwise."""

    def __init_subclass__(
        cls, of: type[Record] | None = None, lifecycle: Lifecycle[Any] | None = None, **more: Any
    ) -> None:
        if of is not None:
            add_fields(cls, response_fields(of))
        super().__init_subclass__(of=of, lifecycle=lifecycle, **more)

    id: Annotated[UUID, "The record's id, which never changes."]
    ref: Annotated[str, "The record's short name for people, which never changes."]
    version: Annotated[int, Field(ge=1, examples=[3]), "Grows by one with each change; `ETag` starts with it."]
    status: Annotated[str, "The state of the lifecycle."]
    country: Annotated[
        str | None, Field(examples=["XA"]), "The country, as an ISO 3166-1 alpha-2 code; null if there is none."
    ]
    visibility: Visible
    created_at: Annotated[datetime | None, "When the record was created."] = None
    created_by: Annotated[str | None, _ACTOR, "Who created the record: kind and id."] = None
    updated_at: Annotated[datetime | None, "When the record was last changed."] = None
    updated_by: Annotated[str | None, _ACTOR, "Who last changed the record: kind and id."] = None
    allowed_actions: Annotated[
        list[AllowedAction] | None, "The verbs of the present state; in items, not in lists."
    ] = None
    links: Annotated[Links, "Addresses of the record."]


class Actor(ResponseModel):
    """Who acted."""

    kind: Annotated[
        str,
        Field(examples=["account"]),
        "`account`, `client`, `api_key`, `system`, or `anonymous` for whoever used a mailed token.",
    ]
    id: Annotated[UUID | None, "The id of the account, client or key; null for the others."]
    name: Annotated[str | None, Field(examples=["Ana Example"]), "The present name; null if it no longer exists."]


class Change(ResponseModel):
    """The change of one field."""

    pointer: Annotated[str, Field(examples=["/names"]), "The field, as a JSON pointer."]
    before: Annotated[Any, Field(examples=[None]), "The value before, null where there was none."] = None
    after: Annotated[Any, Field(examples=["…"]), "The value after, null if there is none."] = None


class HistoryLine(ResponseModel):
    """One change of a record."""

    version: Annotated[int, Field(examples=[3]), "The version that the change made."]
    at: Annotated[datetime, "When it was changed."]
    by: Annotated[Actor, "Who changed it."]
    action: Annotated[str, Field(examples=["update"]), "`create`, `update` or the verb of the transition."]
    reason: Annotated[str | None, "The reason that was given."]
    from_: Annotated[str | None, Field(alias="from", examples=["draft"]), "The state before; null for no transition."]
    to: Annotated[str | None, Field(examples=["submitted"]), "The state after; null for no transition."]
    changes: Annotated[list[Change], "The fields that changed, as far as the caller may see them."]
    request_id: Annotated[str, Field(examples=["0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "The request that did it."]
    erased: Annotated[
        bool | None, "True where the values were erased with the person whom they described; else absent."
    ] = None


class FieldProblem(ResponseModel):
    """What is wrong with one field or parameter."""

    code: Annotated[str, Field(examples=["orcid_checksum"]), "The code of the fault; it has a page too."]
    detail: Annotated[str, Field(examples=["Not an ORCID iD."]), "A sentence about this case; it may change."]
    pointer: Annotated[
        str | None, Field(examples=["/orcid"], json_schema_extra={"format": "json-pointer"}), "The field (RFC 6901)."
    ] = None
    parameter: Annotated[str | None, Field(examples=["limit"]), "The query parameter or header."] = None


class Problem(ResponseModel):
    """A failure (RFC 9457). `code` is stable and has a page under `/problems/`; more members may occur."""

    type: Annotated[str, Field(examples=["/problems/validation_failed"], json_schema_extra=_REFERENCE), "Its page."]
    title: Annotated[
        str,
        Field(examples=["The content breaks the rules"]),
        "Short, in the language of `Accept-Language` (en fr es ar zh ru).",
    ]
    status: Annotated[int, Field(ge=400, le=599, examples=[422]), "The HTTP status."]
    code: Annotated[str, Field(examples=["validation_failed"]), "What went wrong, for programs."]
    detail: Annotated[
        str,
        Field(examples=["The body breaks the rules of this operation; see errors."]),
        "A sentence about this case; it may change.",
    ]
    instance: Annotated[
        str, Field(examples=["/membership/v1/experts"], json_schema_extra=_REFERENCE), "The path of the request."
    ]
    request_id: Annotated[
        str, Field(examples=["0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "The id of the request, as in the logs."
    ]
    errors: Annotated[list[FieldProblem] | None, "What is wrong with single fields."] = None


NEXT = "The address of the next page, relative to the origin; null on the last one."


class Page(ResponseModel):
    """One page of a list of records, without `allowed_actions`."""

    items: Annotated[list[Any], "The records of this page."]
    next: Annotated[str | None, Field(examples=[None]), NEXT]
    total_estimate: Annotated[
        int | None,
        Field(examples=[1234]),
        "With `include=total_estimate`: the records of all pages, counted up to 2,000 and estimated beyond.",
    ] = None
    permitted: Annotated[
        list[str] | None,
        Field(examples=[["create", "publish"]]),
        "With `include=permitted`: the verbs that the caller's grants include for some records of this kind.",
    ] = None


@cache
def page_of(record: type[ResponseModel]) -> type[Page]:
    """The page of a list of these records; in the contract `ExpertPage` for `Expert`."""
    items: Any = (Annotated[list[record], "The records of this page."], ...)  # type: ignore[valid-type]
    return create_model(f"{record.__name__}Page", __base__=Page, __doc__=Page.__doc__, items=items)


class History(ResponseModel):
    """One page of what was done to a record, the latest first."""

    items: Annotated[list[HistoryLine], "The changes of this page."]
    next: Annotated[str | None, Field(examples=[None]), NEXT]
