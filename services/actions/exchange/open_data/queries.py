"""The open data of actions."""

from services.actions.access import ROLES
from services.actions.exchange.open_data.datasets import DATASETS
from shared.open_data.queries import OpenData

PUBLISHED = OpenData("actions", ROLES, DATASETS.values())
EVERYBODY = PUBLISHED.everybody
"""What is read of open data, whoever the caller is."""
