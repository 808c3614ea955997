"""Tasks."""

from services.actions.coordination.tasks.record import Task
from shared.records.columns import table_of

task = table_of(Task, "action_task")
