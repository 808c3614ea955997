"""The collections of centres with imports and exports, by name."""

from collections.abc import Mapping

from services.centres.annual_reports.jobs import REPORT_IMPORT
from services.centres.exported import EXPORTED
from shared.bulk.exported_list import Exportable
from shared.bulk.importable import Importable

IMPORTABLE: Mapping[str, Importable] = {REPORT_IMPORT.resource.plural: REPORT_IMPORT}
EXPORTABLE: Mapping[str, Exportable] = {**IMPORTABLE, **{one.resource.plural: one for one in EXPORTED}}
