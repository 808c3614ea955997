"""Calendars."""

from services.actions.coordination.calendars.record import Calendar
from shared.records.columns import table_of

calendar = table_of(Calendar, "action_calendar")
