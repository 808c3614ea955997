"""What schemathesis leaves out: `fields`, since the description tells the whole record and not every choice."""

from typing import Any

import schemathesis


@schemathesis.hook
def map_query(context: schemathesis.HookContext, query: dict[str, Any] | None) -> dict[str, Any] | None:
    if query:
        query.pop("fields", None)
    return query
