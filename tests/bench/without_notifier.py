"""The membership app with a notifier that does nothing."""

from services.membership import app
from shared.messaging.notifier import Notifier
from shared.web.edge.app import Application


def create_app() -> Application:
    """The app under the settings of the environment."""
    Notifier.notify = lambda _notifier: None  # type: ignore[method-assign]
    return app.create_app()
