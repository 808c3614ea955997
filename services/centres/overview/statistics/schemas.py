"""What goes over HTTP for statistics."""

from typing import Annotated

from pydantic import Field

from services.centres.designation.stages.schemas import StageDuration
from shared.web.contract.fields import Day, DecimalText, ResponseModel


class FigureNumbers(ResponseModel):
    """The sum of a figure, and how many of the owed reports have it."""

    value: Annotated[
        DecimalText | None, Field(examples=["128"]), "The exact sum over these reports, as decimal text; null of none."
    ]
    reported: Annotated[int, Field(examples=[9]), "The accepted reports with a public figure."]
    expected: Annotated[int, Field(examples=[12]), "The reports that are owed by now."]


class FigureItem(FigureNumbers):
    """The numbers for these values; only those that were asked for by are there. Null: of no region."""

    country: Annotated[str | None, Field(examples=["XA"]), "The country, where it is summed by."] = None
    region: Annotated[str | None, Field(examples=["Asia"]), "The region of UN M49, where it is summed by."] = None
    year: Annotated[int | None, Field(examples=[2027]), "The year of the reports, where it is summed by."] = None


class CentreStatistics(ResponseModel):
    """Durations of stages, or sums of a figure, in the order of their values."""

    items: Annotated[list[FigureItem | StageDuration], "The durations or sums, in the order of their values."]
    as_of: Annotated[Day, "Today: these have no numbers of the past."]
    definition: Annotated[str, Field(examples=["Figures of accepted reports."]), "What is counted for this caller."]
    total: Annotated[FigureNumbers | None, "The sum in all; null for durations."]


DEFINITION = (
    "The public figure `{figure}` in accepted reports of centres. Expected are the reports that are past their last day"
    " or submitted, and not waived, of centres that were designated. {of_reports}; {of_centres}."
)
