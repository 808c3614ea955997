"""A template of progress reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from shared.kernel.resource import Resource
from shared.questionnaires.template import Section
from shared.records.record import Example, Fixed, Internal, Public, Record, Searched, Texts, Titles, Written


class RepeatedSection(Section):
    """Questions that a report answers once or, with `repeat`, once for each pillar, action or indicator."""

    repeat: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTemplate(Record):
    """The questions of the progress reports under a framework. It belongs to no country. Only a draft changes."""

    resource_type = Resource("actions", "report_templates", "report_template", prefix="Progress")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    framework: Annotated[
        str, Public, Written, Fixed, Example("3+1/2026"), "The code of the framework. It never changes."
    ]
    template_version: Annotated[
        str, Public, Written, Fixed, Example("2027"), "The version of the questions, each only once for a framework."
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The title, by language."]
    search_key: Annotated[str, Internal]
    sections: Annotated[Sequence[RepeatedSection], Public, Written, "The questions, in sections."]
