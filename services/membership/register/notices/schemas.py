"""What goes over HTTP for notices."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.membership.register.notices import record
from services.membership.register.notices.domain import LIFECYCLE, PURPOSES
from services.membership.register.notices.tables import notice
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Texts
from shared.web.contract.schemas import RecordResponse

NoticeVersion = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$"), Field(examples=["2026"])]


class NoticeBody(Body, of=record.Notice):
    """The body of a notice."""

    purpose: Literal[PURPOSES]  # type: ignore[valid-type]
    notice_version: NoticeVersion
    texts: Annotated[Texts, Field(min_length=1)]


class Notice(RecordResponse, of=record.Notice, lifecycle=LIFECYCLE):
    """A notice; its country is always null."""


present = presenter(record.Notice, notice)
