"""What goes over HTTP for versions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.global_report.versions.domain import MOST_BODY, MOST_REFERENCES
from shared.kernel.clock import to_text
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Clean, CleanTree, LanguageTag, Prose, ResponseModel

_EXAMPLE = {"id": "ipcc2019", "type": "report", "title": "Climate Change and Land"}


def _reference(given: dict[str, Any]) -> dict[str, Any]:
    if not all(isinstance(given.get(name), str) and 0 < len(given[name]) <= 200 for name in ("id", "type")):
        raise PydanticCustomError("required", "A reference of CSL JSON has an id and a type.")
    return given


Reference: TypeAlias = Annotated[dict[str, Any], CleanTree, AfterValidator(_reference), Field(examples=[_EXAMPLE])]


class VersionCreate(Body):
    """A new version: Markdown in `body`, or the `file` of a form. A form has the other members as fields, `references`
    as JSON."""

    body: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=MOST_BODY), Clean] | None,
        Field(examples=["# Peat\n\nPeat stores carbon [@ipcc2019]."]),
        "The text in pandoc's Markdown, without HTML and TeX.",
    ] = None
    file_sha256: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None,
        Field(examples=[None]),
        "The digest of the file of a form; the server sets it.",
    ] = None
    references: Annotated[
        list[Reference], Field(max_length=MOST_REFERENCES), "References as CSL JSON, which `[@id]` cites."
    ] = []
    note: Annotated[Prose | None, "What changed."] = None
    language: Annotated[
        LanguageTag | None, "The language; by default the contribution's. Another is a translation."
    ] = None
    of: Annotated[
        int | None, Field(ge=1, examples=[None]), "For a translation: the number of the version of which it is one."
    ] = None

    @model_validator(mode="after")
    def _has_text(self) -> "VersionCreate":
        if (self.body is None) == (self.file_sha256 is None):
            raise PydanticCustomError("required", "Give either body or a file.")
        if self.body is not None and len(self.body.encode()) > MOST_BODY:
            raise PydanticCustomError("too_long", "At most 512,000 bytes.")
        return self


class VersionWarning(ResponseModel):
    """What was left out of a manuscript, or leads nowhere."""

    code: Annotated[
        str,
        Field(
            examples=["unresolved_reference"],
            json_schema_extra={
                STATES: [
                    *("unresolved_reference", "unsafe_link", "raw_content", "direction_override"),
                    "alternative_missing",
                ]
            },
        ),
        "Why.",
    ]
    block: Annotated[int, Field(examples=[3]), "The number of the block."]
    detail: Annotated[str, Field(examples=["No reference has the id ipcc2019."]), "A sentence."]


class VersionSummary(ResponseModel):
    """A version without its text."""

    number: Annotated[int, Field(examples=[1]), "The number in the contribution."]
    language: Annotated[str, Field(examples=["en"]), "The language."]
    of: Annotated[int | None, Field(examples=[None]), "For a translation: the number of what it translates."]
    sha256: Annotated[str, Field(examples=["0" * 64]), "The digest of text, language and references as canonical JSON."]
    words: Annotated[int, Field(examples=[3_000]), "How many words it has."]
    warnings: Annotated[
        list[VersionWarning], "What was left out, or leads nowhere; empty for who may not know who sent it."
    ]
    note: Annotated[str | None, Field(examples=["Numbers of 2026."]), "What changed."]
    created_at: Annotated[datetime, "When it was read."]
    created_by: Annotated[
        str | None, Field(examples=["account:0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "Who sent it; null if hidden."
    ]


class VersionBlock(ResponseModel):
    """A block of a version."""

    number: Annotated[int, Field(examples=[1]), "The number, which stays."]
    kind: Annotated[
        str,
        Field(
            examples=["paragraph"],
            json_schema_extra={STATES: ["heading", "paragraph", "item", "code", "table", "figure"]},
        ),
        "What it is.",
    ]
    text: Annotated[str, Field(examples=["Peat stores carbon."]), "Its text."]


class VersionImage(ResponseModel):
    """An image of a version."""

    name: Annotated[str, Field(examples=[f"image-{'0' * 32}.png"]), "The name of its file, by its digest."]
    block: Annotated[int, Field(examples=[3]), "The number of its block."]
    alternative: Annotated[str, Field(examples=["A bog in spring."]), "What it shows, for who cannot see it."]
    link: Annotated[str, Field(examples=["/actions/v1/contributions/…/images/…"]), "Its address."]


class ContributionVersion(VersionSummary):
    """A version with its blocks."""

    blocks: Annotated[list[VersionBlock], "The blocks in order."]
    references: Annotated[list[Reference], "The references as CSL JSON."]
    images: Annotated[list[VersionImage], "The images in their order."]


class ContributionVersionPage(ResponseModel):
    """The versions of a contribution, the newest first."""

    items: Annotated[list[VersionSummary], "The versions."]
    next: Annotated[str | None, Field(examples=[None]), "Always null."]


def summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """A version without its text."""
    names = ("number", "language", "sha256", "words", "warnings", "note", "created_by")
    shown = {name: row[name] for name in names}
    return {**shown, "of": row["translates"], "created_at": to_text(row["created_at"])}


def whole(row: Mapping[str, Any], address: str) -> dict[str, Any]:
    """A version with its blocks. `address` is its own."""
    images = [{**one, "link": f"{address}/images/{one['name']}"} for one in row["images"]]
    return {**summary(row), "blocks": row["blocks"], "references": row["cited"], "images": images}
