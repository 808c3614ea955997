"""What goes over HTTP for the counts and supporters of an initiative."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.membership.initiatives.initiative_counts.queries import Organisations, Supporters
from services.membership.initiatives.initiatives.schemas import SupportFigures
from services.membership.initiatives.supports.schemas import Supporter
from shared.web.contract.fields import Day, ResponseModel
from shared.web.contract.schemas import page_of

DEFINITION = (
    "Accepted supports at the end of the day, listed or not, the same for every caller. Each is of one person or"
    " institution, who counts once. Countries are those of the supporters. Organisations are the institutions of the"
    " register that supports name, each counted once; texts that mean none yet are counted by their spelling in"
    " organisations_unmatched."
)


class CountLinks(ResponseModel):
    """Where the counts come from."""

    by_country: Annotated[
        str, Field(examples=["/membership/v1/statistics?of=supports&by=country"]), "The supports, by country."
    ]
    supporters: Annotated[
        str,
        Field(examples=["/membership/v1/initiatives/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33/supporters"]),
        "The supporters who agreed to be listed.",
    ]


class InitiativeCount(ResponseModel):
    """How many support an initiative."""

    supporters: Annotated[int, Field(examples=[2400]), "The accepted supports."]
    organisations: Annotated[int, Field(examples=[1302]), "The institutions that they name."]
    organisations_unmatched: Annotated[int, Field(examples=[20]), "The texts that mean no institution yet."]
    countries: Annotated[int, Field(examples=[154]), "The countries of the supporters."]
    as_of: Annotated[Day, "The day of the counts."]
    definition: Annotated[str, Field(examples=[DEFINITION]), "What is counted."]
    published_figures: Annotated[list[SupportFigures], "Figures that others have published."]
    links: Annotated[CountLinks, "Addresses of what is counted."]


class SupporterPage(page_of(Supporter)):  # type: ignore[misc]
    """A page of the supporters who agreed to be listed."""

    unlisted: Annotated[int, Field(examples=[120]), "How many supporters did not agree to be listed."]


def count_of(
    initiative: UUID, path: str, supporters: Supporters, organisations: Organisations, as_of: Any, figures: Any
) -> dict[str, Any]:
    """The response. `path` is the address of the initiative, `figures` are the published ones."""
    day = as_of.isoformat()
    statistics = f"/membership/v1/statistics?of=supports&by=country&initiative={initiative}&as_of={day}"
    return {
        "supporters": supporters.supporters,
        "organisations": organisations.matched,
        "organisations_unmatched": organisations.unmatched,
        "countries": supporters.countries,
        "as_of": day,
        "definition": DEFINITION,
        "published_figures": figures,
        "links": {"by_country": statistics, "supporters": f"{path}/supporters"},
    }
