"""Who does what, and until when: focal points, tasks with their comments, and calendars of all that has a day.

Focal points and the office of a country work here. Tasks follow from letters, meetings, milestones and reports.
"""
