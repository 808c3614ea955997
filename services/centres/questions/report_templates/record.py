"""A template of a report or an application of centres."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from shared.kernel.resource import Resource
from shared.questionnaires.template import Section
from shared.records.record import Example, Fixed, Internal, Public, Record, Searched, Texts, Titles, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTemplate(Record):
    """The questions of one kind of form. It belongs to no country. Only a draft changes."""

    resource_type = Resource("centres", "report_templates", "report_template")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    kind: Annotated[str, Public, Written, Fixed, "What is written with it."]
    template_version: Annotated[
        str, Public, Written, Fixed, Example("2027"), "The version of the questions, each only once for a kind."
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The title, by language."]
    search_key: Annotated[str, Internal]
    sections: Annotated[Sequence[Section], Public, Written, "The questions, in sections."]
