"""Facts of actions about assessments. Each names its record and holds nothing of its content."""

from shared.contracts.owner import facts_in

ASSESSMENT_CREATED = "escm.actions.assessment.created.v1"
"""An assessment was drafted."""
ASSESSMENT_UPDATED = "escm.actions.assessment.updated.v1"
"""An assessment changed and kept its state."""
ASSESSMENT_SUBMITTED = "escm.actions.assessment.submitted.v1"
"""An assessment was taken through `submit`: the government has 21 days to reply."""
ASSESSMENT_REPLIED = "escm.actions.assessment.replied.v1"
"""The government replied to an assessment."""
ASSESSMENT_PUBLISHED = "escm.actions.assessment.published.v1"
"""An assessment was taken through `publish`."""
ASSESSMENT_SUPERSEDED = "escm.actions.assessment.superseded.v1"
"""An assessment was taken through `supersede`."""
ASSESSMENT_RETRACTED = "escm.actions.assessment.retracted.v1"
"""An assessment was taken through `retract`."""
FACTS = facts_in(globals())
