"""The collections of membership with imports, exports and bulk transitions, by name."""

from collections.abc import Mapping
from dataclasses import replace

from services.membership.access import ROLES
from services.membership.events.participations.jobs import PARTICIPATION_IMPORT
from services.membership.events.prospects.operations import lock
from services.membership.expert_uses import experts_in_use
from services.membership.exported import EXPORTED
from services.membership.initiatives.supports import operations as supports
from services.membership.initiatives.supports.jobs import SUPPORT_IMPORT
from services.membership.initiatives.supports.queries import LISTING as SUPPORT_LISTING
from services.membership.register.experts import operations as experts
from services.membership.register.experts.jobs import EXPERT_IMPORT
from services.membership.register.experts.queries import LISTING
from services.membership.register.institutions.jobs import INSTITUTION_IMPORT
from shared.bulk.exported_list import Exportable
from shared.bulk.importable import Importable, Undo
from shared.bulk.stepping import Steppable

_EXPERTS = replace(EXPERT_IMPORT, undo=Undo(in_use=experts_in_use))
_LISTS_OF_PEOPLE = (replace(one, undo=Undo(adds=_EXPERTS, lock=lock)) for one in (PARTICIPATION_IMPORT, SUPPORT_IMPORT))
IMPORTABLE: Mapping[str, Importable] = {
    one.resource.plural: one for one in (_EXPERTS, INSTITUTION_IMPORT, *_LISTS_OF_PEOPLE)
}
EXPORTABLE: Mapping[str, Exportable] = {**IMPORTABLE, **{one.resource.plural: one for one in EXPORTED}}
STEPPABLE: Mapping[str, Steppable] = {
    "experts": Steppable(
        experts.EXPERTS,
        ROLES,
        LISTING,
        experts.transition,
        {"publish": ("publish", experts.publish), "unpublish": ("update", experts.unpublish)},
    ),
    "supports": Steppable(supports.SUPPORTS, ROLES, SUPPORT_LISTING, supports.transition),
}
