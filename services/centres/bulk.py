"""The collections of centres with imports and exports, by name."""

from collections.abc import Mapping

from services.centres.exported import EXPORTED
from services.centres.register.registrations.jobs import CENTRE_IMPORT
from services.centres.reporting.annual_reports.jobs import REPORT_IMPORT
from shared.bulk.exported_list import Exportable
from shared.bulk.importable import Importable

IMPORTABLE: Mapping[str, Importable] = {one.resource.plural: one for one in (CENTRE_IMPORT, REPORT_IMPORT)}
EXPORTABLE: Mapping[str, Exportable] = {**IMPORTABLE, **{one.resource.plural: one for one in EXPORTED}}
