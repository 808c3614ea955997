"""The actions app."""

from services.actions.coordination.routes import endorsements, letters
from services.actions.delivery.routes import actions, milestones
from services.actions.frameworks.routes import router as frameworks
from services.actions.programmes.routes import router as programmes
from services.actions.settings import ActionsSettings
from services.actions.stage.routes import router as countries
from shared.web.app import Application
from shared.web.app import create_app as create
from shared.web.service import service_parts


def create_app(settings: ActionsSettings | None = None) -> Application:
    """The app of the actions service under the given settings, or those of the environment."""
    return create(
        "actions",
        settings or ActionsSettings(),
        [frameworks, programmes, actions, milestones, endorsements, letters, countries],
        title="Actions",
        description="Country programmes with their actions and milestones, endorsements, letters, and country stages.",
        **service_parts(),
    )
