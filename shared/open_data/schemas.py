"""What goes over HTTP about datasets."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import Field

from shared.kernel.clock import today
from shared.kernel.resource import Resource
from shared.open_data.copies import Copy
from shared.open_data.datasets import Dataset
from shared.open_data.domain import FORMATS
from shared.web.contract.fields import Day, ResponseModel

_DIGEST = sha256(b"").hexdigest()
Format: TypeAlias = Annotated[str, Field(examples=["csv"])]


class DatasetFormat(ResponseModel):
    """A file of a dataset: the present rows, and its copy."""

    format: Annotated[Format, "The ending of its name."]
    media_type: Annotated[str, Field(examples=["text/csv; charset=utf-8"]), "Its media type."]
    url: Annotated[
        str, Field(examples=["/actions/v1/open_data/actions.csv"]), "Where the present rows are, from the origin."
    ]
    copy_url: Annotated[
        str | None,
        Field(examples=["/actions/v1/open_data/actions.csv?date=2026-11-28"]),
        "Where its copy is, from the origin; null without one.",
    ]
    bytes: Annotated[int | None, Field(examples=[48_112]), "The size of the copy; null without one."]
    sha256: Annotated[str | None, Field(examples=[_DIGEST]), "The digest of the copy, in hex; null without one."]


class ListedDataset(ResponseModel):
    """A dataset. `date`, `bytes`, `sha256` and `url` are those of its copy in CSV: the newest one, or that of the day
    that was asked for."""

    name: Annotated[str, Field(examples=["actions"]), "The name in the addresses of its files."]
    title: Annotated[str, Field(examples=["Actions"]), "What it is."]
    description: Annotated[
        str,
        Field(examples=["What the programmes do: when, where, with whom, and from which baseline."]),
        "What its rows are.",
    ]
    formats: Annotated[list[Format], "The formats of its files."]
    date: Annotated[Day, "The day of the copy; the present one without a copy."]
    bytes: Annotated[int | None, Field(examples=[48_112]), "The size of the copy in CSV; null without one."]
    sha256: Annotated[str | None, Field(examples=[_DIGEST]), "The digest of the copy in CSV; null without one."]
    url: Annotated[
        str,
        Field(examples=["/actions/v1/open_data/actions.csv?date=2026-11-28"]),
        "Where the copy in CSV is, from the origin; where the present rows are without a copy.",
    ]
    files: Annotated[list[DatasetFormat], "Each of its files."]
    dates: Annotated[list[Day], "The days of which there are copies, newest first."]


class DataLicence(ResponseModel):
    """The licence of the datasets."""

    name: Annotated[str, Field(examples=["CC-BY-4.0"]), "Its SPDX id, or its address if it has none."]
    address: Annotated[str, Field(examples=["https://creativecommons.org/licenses/by/4.0/"]), "Its text."]


class DatasetPage(ResponseModel):
    """The datasets; there is no next page."""

    licence: Annotated[DataLicence, "The licence of the datasets."]
    items: Annotated[list[ListedDataset], "The datasets."]
    next: Annotated[None, "Always null: there is no next page."]


class Listed(NamedTuple):
    """The copies of a dataset: all days, newest first, and the files of one of them by format."""

    days: Sequence[date]
    files: Mapping[str, Copy]


NO_COPY = Listed((), {})


def present(of: Dataset, resource: Resource, days: Sequence[date], copies: Mapping[str, Copy]) -> dict[str, Any]:
    """A dataset in the list."""
    files = [_file(f"{resource.path}/{of.name}.{each}", each, copies.get(each)) for each in FORMATS]
    first = files[0]
    return {
        "name": of.name,
        "title": of.title,
        "description": of.description,
        "formats": list(FORMATS),
        "date": next((one.day for one in copies.values()), today()),
        "bytes": first["bytes"],
        "sha256": first["sha256"],
        "url": first["copy_url"] or first["url"],
        "files": files,
        "dates": days,
    }


def _file(url: str, file_format: str, copy: Copy | None) -> dict[str, Any]:
    return {
        "format": file_format,
        "media_type": FORMATS[file_format],
        "url": url,
        "copy_url": copy and f"{url}?date={copy.day}",
        "bytes": copy and copy.size,
        "sha256": copy and copy.sha256,
    }
