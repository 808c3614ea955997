"""Calendars to subscribe to, with the days of milestones, meetings, reports, periods and tasks."""
