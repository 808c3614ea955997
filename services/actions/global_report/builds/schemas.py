"""What goes over HTTP for builds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, Field

from services.actions.global_report.builds.domain import KINDS, STATES
from services.actions.global_report.editions.domain import MOST_ISSUES
from shared.kernel.clock import to_text
from shared.web.contract.contract import STATES as LISTED
from shared.web.contract.fields import Body, LanguageTag, ResponseModel, each_once

_Kind = Annotated[Literal[KINDS], Field(examples=["proof"])]  # type: ignore[valid-type]


class EditionBuildCreate(Body):
    """The order of a build."""

    kind: Annotated[
        _Kind, "`proof`: of an edition that is written or frozen, with numbers of lines; `final`: of a frozen one."
    ]
    languages: Annotated[
        list[LanguageTag], Field(max_length=20), AfterValidator(each_once), "By default all of the edition."
    ] = []
    issue: Annotated[
        int | None, Field(ge=0, le=MOST_ISSUES, strict=True, examples=[None]), "The issue; by default the present one."
    ] = None


class EditionBuildWarning(ResponseModel):
    """What a build says otherwise than it was asked."""

    code: Annotated[
        str,
        Field(
            examples=["translation_missing"],
            json_schema_extra={
                LISTED: [
                    *("translation_missing", "translation_stale", "formulas_as_text", "symbols_left_out"),
                    *("line_numbers_left_out", "reading_profile_missing"),
                ]
            },
        ),
        "What: a text is in its original language, since there is no translation, or only one of an older version;"
        " formulas are printed as TeX; symbols that no font has, or the numbers of the lines of a long proof, are left"
        " out; a contribution by itself is no PDF/UA.",
    ]
    language: Annotated[str, Field(examples=["fr"]), "In which language."]
    contribution: Annotated[int | None, Field(examples=[3]), "The number of the contribution, if it is one."]


class EditionBuildFile(ResponseModel):
    """A file of a build."""

    name: Annotated[str, Field(examples=["report-2027-1.en.pdf"]), "Its name."]
    language: Annotated[str | None, Field(examples=["en"]), "Its language; null for one of the whole build."]
    contribution: Annotated[
        int | None, Field(examples=[None]), "The number of the contribution that it has, or is an image of; else null."
    ]
    media_type: Annotated[str, Field(examples=["application/pdf"]), "Its media type."]
    sha256: Annotated[str, Field(examples=["0" * 64]), "Its digest."]
    size: Annotated[int, Field(examples=[120_000]), "Its size in bytes."]
    link: Annotated[str, Field(examples=["/actions/v1/editions/…/builds/1/files/report-2027-1.en.pdf"]), "Its address."]


class EditionBuild(ResponseModel):
    """A build of an edition."""

    number: Annotated[int, Field(examples=[1]), "Its number in the edition."]
    kind: Annotated[str, Field(examples=["proof"], json_schema_extra={LISTED: [*KINDS]}), "What it is for."]
    status: Annotated[str, Field(examples=["complete"], json_schema_extra={LISTED: [*STATES]}), "How far it is."]
    languages: Annotated[list[str], Field(examples=[["en"]]), "Its languages."]
    issue: Annotated[int, Field(examples=[0]), "The issue of the edition that it says."]
    retracted: Annotated[bool, Field(examples=[False]), "Whether its files say that the edition is retracted."]
    stale: Annotated[
        bool | None, Field(examples=[False]), "Whether the edition says something else now; null until it is complete."
    ]
    warnings: Annotated[list[EditionBuildWarning], "What it says otherwise than it was asked."]
    problem: Annotated[str | None, Field(examples=[None]), "Why it failed."]
    release: Annotated[str | None, Field(examples=["0.1.0"]), "The release of the system that made it."]
    created_at: Annotated[datetime, "When it was ordered."]
    finished_at: Annotated[datetime | None, "When it ended."]
    files: Annotated[list[EditionBuildFile], "Its files by name; each is whole."]


class EditionBuildPage(ResponseModel):
    """The builds of an edition, the newest first."""

    items: Annotated[list[EditionBuild], "The builds."]
    next: Annotated[str | None, Field(examples=[None]), "Always null."]


def shown(row: Mapping[str, Any], files: Sequence[Mapping[str, Any]], edition: str, state: str) -> dict[str, Any]:
    """A build with its files. `edition` is the address of the edition, `state` what a build would be made of now."""
    address = f"{edition}/builds/{row['number']}/files"
    names = ("number", "kind", "status", "languages", "issue", "retracted", "warnings", "problem", "release")
    return {
        **{name: row[name] for name in names},
        "stale": row["state"] != state if row["status"] == "complete" else None,
        "created_at": to_text(row["created_at"]),
        "finished_at": row["finished_at"] and to_text(row["finished_at"]),
        "files": [
            {
                **{name: one[name] for name in ("name", "language", "contribution", "media_type", "sha256", "size")},
                "link": f"{address}/{quote(one['name'])}",
            }
            for one in files
        ],
    }
