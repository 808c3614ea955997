"""The collections of membership with imports, exports and bulk transitions, by name."""

from collections.abc import Mapping

from services.membership.access import ROLES
from services.membership.experts import operations as experts
from services.membership.experts.jobs import EXPERT_IMPORT
from services.membership.experts.queries import LISTING
from services.membership.institutions.jobs import INSTITUTION_IMPORT
from services.membership.participations.jobs import PARTICIPATION_IMPORT
from services.membership.supports.jobs import SUPPORT_IMPORT
from shared.bulk.importable import Importable
from shared.bulk.stepping import Steppable

IMPORTABLE: Mapping[str, Importable] = {
    one.resource.plural: one for one in (EXPERT_IMPORT, INSTITUTION_IMPORT, PARTICIPATION_IMPORT, SUPPORT_IMPORT)
}
STEPPABLE: Mapping[str, Steppable] = {
    "experts": Steppable(
        experts.EXPERTS,
        ROLES,
        LISTING,
        experts.transition,
        {"publish": ("publish", experts.publish), "unpublish": ("update", experts.unpublish)},
    )
}
