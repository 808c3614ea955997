"""What goes over HTTP for comments on reports."""

from typing import Annotated

from pydantic import Field

from services.actions.reporting.report_comments import record
from services.actions.reporting.report_comments.domain import LIFECYCLE
from services.actions.reporting.report_comments.tables import comment
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Keyword, Prose
from shared.web.contract.questionnaires import Key
from shared.web.contract.schemas import RecordResponse


class ReportCommentCreate(Body, of=record.ReportComment):
    """A comment as it is written. Nobody changes it afterwards."""

    section: Key
    item: Annotated[Keyword | None, Field(examples=["action-1"])] = None
    text: Annotated[Prose, Field(examples=["Which stations?"])]
    must_answer: Annotated[bool, Field(strict=True)] = True


class ReportCommentFields(Body):
    """What transitions take."""

    text: Annotated[Prose | None, Field(examples=["Those of the delta."]), "For `answer`: the answer."] = None


class ReportComment(RecordResponse, of=record.ReportComment, lifecycle=LIFECYCLE):
    """A comment as a caller sees it."""


present = presenter(record.ReportComment, comment)
