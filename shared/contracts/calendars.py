"""Facts of actions about calendars. Each names its record and holds nothing of its content."""

from shared.contracts.owner import facts_in

CALENDAR_CREATED = "escm.actions.calendar.created.v1"
"""Somebody made a calendar to subscribe to."""
CALENDAR_ENDED = "escm.actions.calendar.ended.v1"
"""A calendar was ended by its owner, or with its account."""
FACTS = facts_in(globals())
