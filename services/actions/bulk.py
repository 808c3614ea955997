"""The collections of actions with imports, exports and bulk transitions, by name."""

from collections.abc import Mapping

from services.actions.access import ROLES
from services.actions.exchange.plan_sheets.actions import ACTION_IMPORT
from services.actions.exchange.plan_sheets.milestones import MILESTONE_IMPORT
from services.actions.exchange.result_sheets.results import RESULT_IMPORT
from services.actions.exchange.result_sheets.targets import TARGET_IMPORT
from services.actions.exported import EXPORTED
from services.actions.global_report.review.comments.importing import COMMENT_IMPORT
from services.actions.measurement.results import operations as results
from services.actions.measurement.results.queries import LISTING
from shared.bulk.exported_list import Exportable
from shared.bulk.importable import Importable
from shared.bulk.stepping import Steppable

IMPORTABLE: Mapping[str, Importable] = {
    one.resource.plural: one for one in (ACTION_IMPORT, COMMENT_IMPORT, MILESTONE_IMPORT, RESULT_IMPORT, TARGET_IMPORT)
}
EXPORTABLE: Mapping[str, Exportable] = {**IMPORTABLE, **{one.resource.plural: one for one in EXPORTED}}
STEPPABLE: Mapping[str, Steppable] = {"results": Steppable(results.RESULTS, ROLES, LISTING, results.transition)}
