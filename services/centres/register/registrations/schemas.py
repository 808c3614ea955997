"""A row of an import of centres."""

from typing import Annotated

from pydantic import Field, StringConstraints

from services.centres.register.registrations.domain import NUMBER
from shared.web.contract.fields import Body, CountryCode, Day, Line, Titles


class CentreRow(Body):
    """A centre that was designated before it was entered. `name` is an English name, or names by language."""

    registration_number: Annotated[str, StringConstraints(pattern=NUMBER), Field(examples=["ESNRC-PK-01"])]
    country: CountryCode
    name: Titles
    host: Line
    unit: Line | None = None
    director: Line | None = None
    term_starts: Day
    term_ends: Day
