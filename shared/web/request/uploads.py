"""Files of a form. A caller without permission is refused before the file is received, and nothing is stored."""

import asyncio
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import Request, Response
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as FormFile
from starlette.formparsers import MultiPartException, MultiPartParser

from shared.bulk.store import FileStore, ReceivedFile, files_of
from shared.configuration.settings import Settings
from shared.kernel.errors import Malformed, RateLimited
from shared.kernel.principal import Principal
from shared.web.request.endpoint import Handler
from shared.web.request.request_authenticator import authenticated_principal
from shared.web.request.route import EscmRoute

MOST_FIELDS = 20
LONGEST_FIELD = 64 << 10
IMPORT_LIMIT = 256 << 20
AT_ONCE = 4
"""Files of one principal that a process receives at once."""
_under_way: Counter[str] = Counter()


class FormRoute(EscmRoute):
    """Receives a form with a file before the transaction opens, once the caller's permission is checked."""

    def may_send(self, principal: Principal, fields: dict[str, str]) -> None:
        """Raises Forbidden. Called before the form is read, when its file begins, and at its end; `fields` are those
        received so far."""

    @abstractmethod
    async def with_form(self, handle: Handler, request: Request, principal: Principal, form: FormData) -> Response:
        """Handles the request with its whole form, which is closed afterwards."""

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI calls."""
        handle = super().get_route_handler()

        async def receive(request: Request) -> Response:
            header = request.headers.get("authorization")
            if not header or not request.headers.get("content-type", "").startswith("multipart/form-data"):
                return await handle(request)
            principal = await authenticated_principal(request)
            self.may_send(principal, {})
            with _place_of(principal):
                form = await _form(request, lambda fields: self.may_send(principal, fields))
                try:
                    return await self.with_form(handle, request, principal, form)
                finally:
                    await form.close()

        return receive if "POST" in (self.methods or ()) else handle


class UploadRoute(FormRoute):
    """Stores the file of a form next to the stored files. The endpoint finds it in `request.state.received` and stores
    it; otherwise it is deleted after the request."""

    def form_limit(self, _settings: Settings) -> int:
        """256 MiB."""
        return IMPORT_LIMIT

    async def check(self, request: Request, principal: Principal, form: FormData, received: ReceivedFile) -> None:
        """Checks the received file before the transaction opens."""

    async def with_form(self, handle: Handler, request: Request, principal: Principal, form: FormData) -> Response:
        file = form.get("file")
        if not isinstance(file, FormFile):
            return await handle(request)
        store = store_of(request)
        received = request.state.received = await store.receive(file.file)
        try:
            await file.seek(0)
            await self.check(request, principal, form, received)
            await store.share(received)
            return await handle(request)
        finally:
            await asyncio.to_thread(store.discard, received)


def store_of(request: Request) -> FileStore:
    """The store of the service's files."""
    return files_of(request.app.state.settings)


class _Form(MultiPartParser):
    """Checks the permission before a file is received."""

    def ask(self, question: Callable[[dict[str, str]], None]) -> None:
        self._question = question

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if self._current_part.file is not None:
            self._question(_texts(self.items))


def _texts(items: list[tuple[str, str | FormFile]]) -> dict[str, str]:
    return {name: value for name, value in items if isinstance(value, str)}


async def _form(request: Request, question: Callable[[dict[str, str]], None]) -> FormData:
    """The form, which is also stored in the request."""
    limits = {"max_files": 1, "max_fields": MOST_FIELDS, "max_part_size": LONGEST_FIELD}
    parser = _Form(request.headers, request.stream(), **limits)
    parser.ask(question)
    try:
        form = request._form = await parser.parse()  # noqa: SLF001 - where FastAPI looks for a form that was read
    except MultiPartException as error:
        raise Malformed(error.message) from None
    try:
        question(_texts(form.multi_items()))
    except BaseException:
        await form.close()
        raise
    return form


@contextmanager
def _place_of(principal: Principal) -> Iterator[None]:
    label = principal.label
    if _under_way[label] >= AT_ONCE:
        raise RateLimited(f"At most {AT_ONCE} files at once.", retry_after=5)
    _under_way[label] += 1
    try:
        yield
    finally:
        _under_way[label] -= 1
        if not _under_way[label]:
            del _under_way[label]
