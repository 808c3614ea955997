"""Where the open data of actions are."""

from shared.open_data.domain import resource_of

OPEN_DATA = resource_of("actions")
