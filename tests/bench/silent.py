"""The membership app with a doorbell that tells nobody."""

from services.membership import app
from shared.messaging.wakeup import Doorbell
from shared.web.app import Application


def create_app() -> Application:
    """The app under the settings of the environment."""
    Doorbell.ring = lambda _bell: None  # type: ignore[method-assign]
    return app.create_app()
