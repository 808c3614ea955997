"""What goes over HTTP for reports as PDF."""

from typing import Annotated, Literal

from shared.kernel.text import LANGUAGES
from shared.web.contract.fields import Body


class ReportPdfBody(Body):
    """In which language a report is printed."""

    language: Annotated[Literal[LANGUAGES], "The language; texts that lack it are in English, or in any."] = "en"  # type: ignore[valid-type]
