"""The actions app."""

from services.actions.coordination.routes import endorsements, letters
from services.actions.settings import ActionsSettings
from shared.web.app import Application
from shared.web.app import create_app as create
from shared.web.service import service_parts


def create_app(settings: ActionsSettings | None = None) -> Application:
    """The app of the actions service under the given settings, or those of the environment."""
    return create(
        "actions",
        settings or ActionsSettings(),
        [endorsements, letters],
        title="Actions",
        description="Country programmes with their actions and milestones, endorsements, letters, and country stages.",
        **service_parts(),
    )
