"""One operation as an OpenAPI document of its own: its path and the components that it needs."""

from functools import cache
from typing import Any

import orjson

from services.portal.reference.contents import documents, operations
from shared.kernel.errors import NotFound
from shared.web.contract.openapi import components_of

_SHARED = ("openapi", "info", "servers", "security")


@cache
def single_document(operation_id: str) -> bytes:
    """The document of an operation. Raises NotFound."""
    one = operations().get(operation_id)
    if one is None:
        raise NotFound("There is no such operation.")
    whole = documents()[one.service]
    method = one.method.lower()
    document: dict[str, Any] = {name: whole[name] for name in _SHARED if name in whole}
    document["paths"] = {one.path: {method: whole["paths"][one.path][method]}}
    return orjson.dumps({**document, "components": components_of(document, whole["components"])})
