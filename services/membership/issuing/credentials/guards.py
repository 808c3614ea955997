"""The signer and the status lists of the process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI, Request

from services.membership.issuing.credentials.operations import StatusLists
from services.membership.issuing.credentials.signing import Signer


@asynccontextmanager
async def credential_parts(app: FastAPI) -> AsyncIterator[None]:
    """Stores both in `app.state`."""
    app.state.signer = Signer(app.state.database, app.state.settings)
    app.state.status_lists = StatusLists(app.state.database, app.state.signer)
    yield


def signer_of(request: Request) -> Signer:
    """The signer of credentials."""
    return cast(Signer, request.app.state.signer)


def status_lists_of(request: Request) -> StatusLists:
    """The signed status lists."""
    return cast(StatusLists, request.app.state.status_lists)
