"""What goes over HTTP about datasets."""

from typing import Annotated, Any, TypeAlias

from pydantic import Field

from shared.kernel.clock import today
from shared.kernel.resource import Resource
from shared.open_data.datasets import Dataset
from shared.open_data.domain import FORMATS
from shared.web.fields import Day, ResponseModel

Format: TypeAlias = Annotated[str, Field(examples=["csv"])]


class DatasetFormat(ResponseModel):
    """A file of a dataset."""

    format: Annotated[Format, "The ending of its name."]
    media_type: Annotated[str, Field(examples=["text/csv; charset=utf-8"]), "Its media type."]
    url: Annotated[str, Field(examples=["/actions/v1/open_data/actions.csv"]), "Its address from the origin."]


class ListedDataset(ResponseModel):
    """A dataset. Its files are made when they are read, so that size and digest are not known before."""

    name: Annotated[str, Field(examples=["actions"]), "The name in the addresses of its files."]
    title: Annotated[str, Field(examples=["Actions"]), "What it is."]
    description: Annotated[
        str,
        Field(examples=["What the programmes do: when, where, with whom, and from which baseline."]),
        "What its rows are.",
    ]
    formats: Annotated[list[Format], "The formats of its files."]
    date: Annotated[Day, "The day whose rows the files have: the present one."]
    bytes: Annotated[int | None, Field(examples=[None]), "The size of a stored copy; null without one."]
    sha256: Annotated[str | None, Field(examples=[None]), "The digest of a stored copy; null without one."]
    url: Annotated[str, Field(examples=["/actions/v1/open_data/actions.csv"]), "The address of the file in CSV."]
    files: Annotated[list[DatasetFormat], "Each of its files."]


class DatasetList(ResponseModel):
    """The datasets; there is no next page."""

    items: Annotated[list[ListedDataset], "The datasets."]
    next: Annotated[None, "Always null: there is no next page."]


def present(of: Dataset, resource: Resource) -> dict[str, Any]:
    """A dataset in the list."""
    urls = {each: f"{resource.path}/{of.name}.{each}" for each in FORMATS}
    return {
        "name": of.name,
        "title": of.title,
        "description": of.description,
        "formats": list(FORMATS),
        "date": today(),
        "bytes": None,
        "sha256": None,
        "url": urls["csv"],
        "files": [{"format": each, "media_type": media, "url": urls[each]} for each, media in FORMATS.items()],
    }
