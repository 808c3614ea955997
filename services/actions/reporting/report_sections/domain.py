"""What of the sections of a report is missing before it is submitted. Plain Python."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from services.actions.reporting.report_sections.record import ReportSection
from shared.kernel.errors import FieldError, pointer_to
from shared.kernel.lifecycle import Lifecycle
from shared.questionnaires import answers
from shared.questionnaires.answers import Answer
from shared.questionnaires.template import Question

LIFECYCLE: Lifecycle[None] = Lifecycle(("recorded",), ())
EMPTY, DRAFT, DONE = "empty", "draft", "done"
STATES = (EMPTY, DRAFT, DONE)


def pointer_of(section: ReportSection) -> str:
    """The place of a section among the `sections` of its report: `/sections/0`."""
    return pointer_to("sections", section.position)


def missing_answers(sections: Iterable[ReportSection], asked: Mapping[str, Sequence[Question]]) -> Iterator[FieldError]:
    """The required questions without an answer, each with its pointer."""
    for section in sections:
        for fault in answers.missing(asked[section.key], section.answers, {}):
            yield replace(fault, pointer=f"{pointer_of(section)}{fault.pointer}")


def unconfirmed(sections: Iterable[ReportSection]) -> list[ReportSection]:
    """The sections with copied answers that nobody changed or confirmed."""
    return [section for section in sections if section.prefilled and not section.confirmed]


def confirmations_missing(sections: Iterable[ReportSection]) -> list[FieldError]:
    """An error for each section with copied answers that nobody changed or confirmed."""
    detail = "Copied from the report before: change the answers, or confirm them."
    return [
        FieldError("required", detail, pointer=f"{pointer_of(section)}/confirmed") for section in unconfirmed(sections)
    ]


def copied(section: ReportSection, questions: Sequence[Question], before: Iterable[ReportSection]) -> ReportSection:
    """A new section with the answers of an earlier report about the same item, where its questions ask for them and the
    answers still fit."""
    earlier: dict[str, Answer] = {}
    for one in before:
        if one.item == section.item:
            earlier.update(one.answers)
    found = answers.prefilled(questions, earlier)
    unfit = {fault.pointer for fault in answers.faults(questions, found, "answers")}
    kept = {key: answer for key, answer in found.items() if pointer_to("answers", key) not in unfit}
    return replace(section, answers=kept, prefilled=sorted(kept), state=DRAFT if kept else EMPTY)
