"""Reading targets."""

from services.actions.targets import domain
from services.actions.targets.record import Target
from services.actions.targets.tables import target
from shared.records.plain import by_itself, listing

LISTING = listing(Target, target, domain.LIFECYCLE.states, by_itself(target, domain.PUBLISHED))
