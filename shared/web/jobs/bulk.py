"""The routes of imports, exports and links to files of one service."""

from collections.abc import Mapping

from fastapi import APIRouter

from shared.bulk.exported_list import Exportable
from shared.bulk.importable import Importable
from shared.kernel.principal import RoleTable
from shared.web.jobs.exports import export_routes
from shared.web.jobs.import_api import ImportApi
from shared.web.jobs.imports import import_routes
from shared.web.jobs.links import link_routes


def bulk_routes(
    service: str, roles: RoleTable, importables: Mapping[str, Importable], exportables: Mapping[str, Exportable]
) -> list[APIRouter]:
    """The routes of one service's imports, exports and links; what they take by the names of the collections."""
    api = ImportApi(service, roles, importables, exportables)
    return [import_routes(api), export_routes(api), link_routes(service, roles)]
