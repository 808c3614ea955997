"""Meetings."""

from services.actions.governments.meetings.record import Meeting
from shared.records.columns import table_of

meeting = table_of(Meeting, "action_meeting")
