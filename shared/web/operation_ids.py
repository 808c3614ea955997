"""The ids of operations that several services have: each is unique in the merged contract."""

import re

_FIRST = "membership"
"""The service whose ids name no service, as they did before others had these operations."""


def operation_id(service: str, name: str) -> str:
    """`getJob` for membership, `getActionsJob` for actions."""
    return name if service == _FIRST else re.sub("(?=[A-Z])", service.capitalize(), name, count=1)
