"""What migrations add to the parts of an export of everything about a person, whose views other views widen.

This module is frozen like `migrations.rules`.
"""

from migrations.rules import grant, json_of, run


def widened(view: str, former: str, part: str, table: str, columns: str) -> None:
    """Lets the rows of one part of a service's view have these columns of their table, too, which are separated by
    spaces. The view as it was is `former` from now on."""
    run(f"""
ALTER VIEW {view} RENAME TO {former}
--;
CREATE VIEW {view} AS
    SELECT o.person, o.part, o.id, CASE o.part
        WHEN '{part}' THEN o.record || (
            SELECT {json_of(columns)} FROM {table} given WHERE given.id = o.id
        )
        ELSE o.record END AS record
    FROM {former} o
""")  # noqa: S608
    grant(view, "SELECT", "membership")


def narrowed(view: str, former: str) -> None:
    """Takes `widened` back."""
    run(f"""
DROP VIEW {view}
--;
ALTER VIEW {former} RENAME TO {view}
""")
