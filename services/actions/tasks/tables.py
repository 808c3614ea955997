"""Tasks."""

from services.actions.tasks.record import Task
from shared.records.columns import table_of

task = table_of(Task, "action_task")
