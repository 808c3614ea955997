"""The routes of imports and exports of one service."""

from collections.abc import Mapping

from fastapi import APIRouter

from shared.bulk.importable import Importable
from shared.kernel.principal import RoleTable
from shared.web.exports import export_routes
from shared.web.import_api import ImportApi
from shared.web.imports import import_routes


def bulk_routes(service: str, roles: RoleTable, importables: Mapping[str, Importable]) -> list[APIRouter]:
    """The routes of one service's imports and exports; `importables` by the names of the collections."""
    api = ImportApi(service, roles, importables)
    return [import_routes(api), export_routes(api)]
