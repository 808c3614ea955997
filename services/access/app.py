"""The HTTP application of access."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.access.settings import AccessSettings
from services.access.tokens.operations import TokenDesk
from services.access.tokens.routes import router as tokens
from shared.auth.tokens import Authenticator
from shared.web.app import Application
from shared.web.app import create_app as make_app


@asynccontextmanager
async def _desk(app: FastAPI) -> AsyncIterator[None]:
    settings = app.state.settings
    app.state.authenticator = Authenticator(app.state.database, settings)
    app.state.desk = TokenDesk.make(app.state.database, settings)
    try:
        yield
    finally:
        await app.state.desk.close()


def create_app(settings: AccessSettings | None = None) -> Application:
    """The app, with settings from the environment where none are given."""
    return make_app(
        "access",
        settings or AccessSettings(),
        (tokens,),
        title="ESCM access",
        description="Accounts, grants, API clients and the tokens they get.",
        holding=(_desk,),
    )
