"""Receives a file with its form: checked and stored before the transaction opens."""

import asyncio
import hashlib
import re
from typing import Any, cast

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as FormFile

from services.actions.access import ROLES
from services.actions.reporting.evidence.domain import plain_name
from services.actions.reporting.evidence.operations import EVIDENCE, require_creation, require_scope
from services.actions.reporting.evidence.schemas import EvidenceCreate
from services.actions.settings import ActionsSettings
from shared.configuration.settings import Settings
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import Forbidden, TooLarge
from shared.kernel.principal import Principal
from shared.records.access_scope import access_scope_for
from shared.storage.media_types import media_type_of, refused
from shared.storage.objects import ObjectStore
from shared.web.edge.body import JSON_LIMIT
from shared.web.request.endpoint import Handler
from shared.web.request.uploads import FormRoute

_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,63}/[\w!#$&^.+-]{1,63}", re.ASCII)


class EvidenceRoute(FormRoute):
    """Stores the file of a valid form. The endpoint finds the record to insert in `request.state.evidence`."""

    def form_limit(self, settings: Settings) -> int:
        return _limit(settings) + JSON_LIMIT

    def may_send(self, principal: Principal, _fields: dict[str, str]) -> None:
        """Raises Forbidden unless the caller may create evidence anywhere."""
        if not principal.permission_scope(ROLES, EVIDENCE.resource.name, "create"):
            raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})

    async def with_form(self, handle: Handler, request: Request, principal: Principal, form: FormData) -> Response:
        file = form.get("file")
        if isinstance(file, FormFile):
            given = _validated(form)
            limit = _limit(request.app.state.settings)
            if (file.size or 0) > limit:
                raise TooLarge(f"A file may have {limit >> 20} MiB.")
            said = given.model_dump(exclude={"file", "sha256"})
            new = EVIDENCE.new(said)
            access = access_scope_for(principal, ROLES, EVIDENCE.resource)
            require_creation(access, new)
            async with unit_of_work(request.app.state.database, access.context) as uow:
                await require_scope(uow.connection, principal, new)
            content = await asyncio.to_thread(_examined, file, given.sha256)
            await objects_of(request).put(content["sha256"], file.file)
            await file.seek(0)
            request.state.evidence = EVIDENCE.new(said | content)
        return await handle(request)


def objects_of(request: Request) -> ObjectStore:
    """The store of evidence."""
    return cast(ObjectStore, request.app.state.objects)


def _limit(settings: Settings) -> int:
    return cast(ActionsSettings, settings).evidence_mebibytes << 20


def _validated(form: FormData) -> EvidenceCreate:
    """The form. Raises RequestValidationError."""
    values: dict[str, Any] = dict(form)
    if "codes" in values:
        values["codes"] = form.getlist("codes")
    try:
        return EvidenceCreate.model_validate(values)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
    raise RequestValidationError(faults, body=values)


def _examined(file: FormFile, expected: str | None) -> dict[str, Any]:
    """The columns that follow from the file. Raises Invalid. Blocks."""
    size, name = file.size or 0, plain_name(file.filename or "")
    if not size:
        raise refused("empty_file", "The file is empty.")
    file.file.seek(0)
    digest = hashlib.file_digest(file.file, "sha256").hexdigest()  # type: ignore[arg-type]
    if expected not in (None, digest):
        raise refused("digest_mismatch", "The received bytes have another SHA-256 digest.", "/sha256")
    declared = file.content_type or ""
    return {
        "file_name": name,
        "size": size,
        "media_type": media_type_of(file.file, size, name),
        "declared_media_type": declared if _MEDIA_TYPE.fullmatch(declared) else None,
        "sha256": digest,
    }
