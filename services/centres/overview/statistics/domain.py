"""The figure of one name over the versions of the questions."""

from collections.abc import Iterable
from uuid import UUID

from services.centres.questions.report_templates.record import ReportTemplate
from shared.questionnaires.template import questions_of


def keys_of(figure: str, templates: Iterable[ReportTemplate]) -> dict[UUID, str]:
    """The key of a figure in each template that asks for it. `templates` are the newest first; the key in an older one
    is what `same_as` names."""
    found: dict[UUID, str] = {}
    wanted = figure
    for template in templates:
        for question in questions_of(template.sections):
            if question["figure"] and question["key"] == wanted:
                found[template.id] = wanted
                wanted = question["same_as"] or wanted
                break
    return found
