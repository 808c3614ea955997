"""The actions app."""

from services.actions.coordination.routes import endorsements, letters
from services.actions.delivery.routes import actions, milestones
from services.actions.frameworks.routes import router as frameworks
from services.actions.government.routes import bodies, focal_points, meetings
from services.actions.programmes.routes import router as programmes
from services.actions.settings import ActionsSettings
from services.actions.stage.routes import router as countries
from shared.web.app import Application
from shared.web.app import create_app as create
from shared.web.service import service_parts

_PLANS = (frameworks, programmes, actions, milestones)
_COORDINATION = (endorsements, letters, bodies, focal_points, meetings)
_ROUTERS = (*_PLANS, *_COORDINATION, countries)


def create_app(settings: ActionsSettings | None = None) -> Application:
    """The app of the actions service under the given settings, or those of the environment."""
    return create(
        "actions",
        settings or ActionsSettings(),
        _ROUTERS,
        title="Actions",
        description="Country programmes with their actions and milestones, endorsements, letters, and country stages.",
        tags={
            "frameworks": "Plans that programmes follow, with their pillars.",
            "programmes": "A country's programme under a framework.",
            "actions": "What a programme does, with budget, baseline and participants.",
            "milestones": "Dated steps of an action.",
            "government_bodies": "Ministries and agencies of a country.",
            "focal_points": "People who speak for a country.",
            "meetings": "Meetings and what they decided.",
            "endorsements": "Approvals of a programme by a level of government.",
            "correspondence": "Letters to and from governments.",
            "countries": "Each country with the stage it has reached.",
        },
        **service_parts(),
    )
