"""The ids of operations that several services have: each is unique in the merged contract."""

import re

_FIRST = "membership"
"""The service whose ids name no service, as they did before others had these operations."""


def operation_id(service: str, name: str, first: str = _FIRST) -> str:
    """`getJob` for membership, `getActionsJob` for actions; for operations that another service had first, without the
    name of that one."""
    return name if service == first else re.sub("(?=[A-Z])", service.capitalize(), name, count=1)
