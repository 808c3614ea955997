"""What everybody may know of progress reports and assessments, beyond their public fields."""

from typing import Any

from sqlalchemy import Boolean, cast, column, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

from services.actions.reporting.report_sections.tables import section
from services.actions.reporting.report_templates.tables import report_template
from services.actions.reporting.reports.tables import report
from shared.records.access_scope import constant

_s = section.c


def public_answers() -> ColumnElement[Any]:
    """The sections of a report in their order, each with its key, its item and the answers to public questions."""
    asked = _elements(report_template.c.sections, "asked")
    question = _elements(asked.c.value["questions"], "question")
    keys = (
        select(question.c.value["key"].astext)
        .select_from(report_template.join(asked, true()).join(question, true()))
        .where(
            report_template.c.id == report.c.template_id,
            asked.c.value["key"].astext == _s.key,
            cast(question.c.value["public"].astext, Boolean),
        )
        .correlate(report, section)
    )
    answer = func.jsonb_each(_s.answers).table_valued(column("key"), column("value", JSONB), name="answer")
    answers = (
        select(func.coalesce(func.jsonb_object_agg(answer.c.key, answer.c.value), literal_column("'{}'::jsonb")))
        .where(answer.c.key.in_(keys))
        .correlate(report, section)
        .scalar_subquery()
    )
    one = func.jsonb_build_object(
        *(constant("key"), _s.key, constant("item"), _s.item, constant("answers"), answers), type_=JSONB
    )
    shown = func.coalesce(func.jsonb_agg(aggregate_order_by(one, _s.position)), literal_column("'[]'::jsonb"))
    found = select(cast(shown, JSONB)).where(_s.report_id == report.c.id)
    return found.correlate(report).scalar_subquery().label("sections")


def _elements(array: ColumnElement[Any], name: str) -> TableValuedAlias:
    return func.jsonb_array_elements(array).table_valued(column("value", JSONB), name=name)
