"""The lists of actions that are exported and not imported."""

from services.actions.access import ROLES
from services.actions.actions import queries as actions
from services.actions.actions import schemas as action
from services.actions.actions.operations import ACTIONS
from services.actions.endorsements import queries as endorsements
from services.actions.endorsements import schemas as endorsement
from services.actions.endorsements.operations import ENDORSEMENTS
from services.actions.milestones import queries as milestones
from services.actions.milestones import schemas as milestone
from services.actions.milestones.operations import MILESTONES
from services.actions.programmes import queries as programmes
from services.actions.programmes import schemas as programme
from services.actions.programmes.operations import PROGRAMMES
from shared.bulk.exported_list import ExportedList

EXPORTED = tuple(
    ExportedList(kind.resource, ROLES, listing, response.model_fields, present)
    for kind, listing, response, present in (
        (ACTIONS, actions.LISTING, action.Action, action.present),
        (ENDORSEMENTS, endorsements.LISTING, endorsement.Endorsement, endorsement.present),
        (MILESTONES, milestones.LISTING, milestone.Milestone, milestone.present),
        (PROGRAMMES, programmes.LISTING, programme.Programme, programme.present),
    )
)
