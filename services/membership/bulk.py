"""What of membership can be imported and exported, by the name of its collection."""

from collections.abc import Mapping

from services.membership.experts.jobs import EXPERT_IMPORT
from services.membership.institutions.jobs import INSTITUTION_IMPORT
from shared.bulk.importable import Importable

IMPORTABLE: Mapping[str, Importable] = {one.resource.plural: one for one in (EXPERT_IMPORT, INSTITUTION_IMPORT)}
