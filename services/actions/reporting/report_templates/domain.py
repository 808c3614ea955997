"""The lifecycle of a template of progress reports, and what its sections are repeated for."""

from collections.abc import Iterable, Sequence

from services.actions.reporting.report_templates.record import RepeatedSection
from shared.kernel.lifecycle import Lifecycle, transition
from shared.questionnaires.template import Question

PILLAR, ACTION, INDICATOR = "pillar", "action", "indicator"
REPEATS = (PILLAR, ACTION, INDICATOR)
PUBLISHED = frozenset({"active", "retired"})
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("draft", "active", "retired"),
    (
        transition("activate", "draft", "active", fact="activated"),
        transition("retire", "draft|active", "retired"),
        transition("supersede", "active", "retired", is_scheduled=True),
    ),
)


def questions_by_section(sections: Iterable[RepeatedSection]) -> dict[str, Sequence[Question]]:
    """The questions of each section, by its key. A report answers figures where it answers other questions."""
    return {
        section["key"]: [{**question, "figure": False} for question in section["questions"]] for section in sections
    }
