"""The collections of actions with bulk transitions, by name."""

from collections.abc import Mapping

from services.actions.access import ROLES
from services.actions.results import operations as results
from services.actions.results.queries import LISTING
from shared.bulk.stepping import Steppable

STEPPABLE: Mapping[str, Steppable] = {"results": Steppable(results.RESULTS, ROLES, LISTING, results.transition)}
