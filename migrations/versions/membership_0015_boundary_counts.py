"""Experts are counted by planetary boundary too, from the first one on; the register is written to meanwhile."""

from alembic import op

from migrations.rules import run

revision = "membership_0015"
down_revision = "core_0014"

_CELL = "visibility, status, country, category"
_COUNTED = "merged_into IS NULL AND erased_at IS NULL"
_KINDS = {"expert": "fields", "expert_boundary": "planetary_boundaries"}


def upgrade() -> None:
    """The lock waits for those who write under the function of before, and is gone when the rows are counted: what is
    written from then on is counted by the triggers, and left out of what is added here."""
    run("LOCK TABLE member_expert IN SHARE ROW EXCLUSIVE MODE")
    _count(_KINDS)
    with op.get_context().autocommit_block():
        run(f"""
SELECT set_config('escm.visibilities', 'public,network,restricted', false)
--;
INSERT INTO core_count_delta (kind, day, {_CELL}, tags, n)
SELECT 'expert_boundary', day, {_CELL}, tags, sum(n) FROM (
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, {_CELL}, planetary_boundaries AS tags, 1 AS n
    FROM member_expert WHERE {_COUNTED}
    UNION ALL
    SELECT day, {_CELL}, tags, -n FROM core_count_delta WHERE kind = 'expert_boundary'
) change GROUP BY day, {_CELL}, tags HAVING sum(n) <> 0
--;
RESET escm.visibilities
""")


def downgrade() -> None:
    _count({"expert": "fields"})
    for table in ("core_count_delta", "core_count_day", "core_count"):
        run(f"""
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY
--;
DELETE FROM {table} WHERE kind LIKE 'expert\\_boundary%'
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
""")


def _count(kinds: dict[str, str]) -> None:
    """The function of the triggers: for each kind one row for each cell and set of tags that a statement changes."""

    def appended(operation: str) -> str:
        return "".join(_appended(kind, tags, operation) for kind, tags in kinds.items())

    run(f"""
CREATE OR REPLACE FUNCTION member_expert_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {appended("INSERT")}
    ELSIF TG_OP = 'DELETE' THEN {appended("DELETE")}
    ELSE {appended("UPDATE")}
    END IF;
    RETURN NULL;
END
$$
""")


def _appended(kind: str, tags: str, operation: str) -> str:
    def rows(source: str, n: int) -> str:
        return f"SELECT {_CELL}, {tags} AS tags, {n} AS n FROM {source} WHERE {_COUNTED}"

    changes = {
        "INSERT": rows("after", 1),
        "DELETE": rows("before", -1),
        "UPDATE": f"{rows('after', 1)} UNION ALL {rows('before', -1)}",
    }[operation]
    return (
        f"\n        INSERT INTO escm.core_count_delta (kind, {_CELL}, tags, n)"
        f" SELECT '{kind}', {_CELL}, tags, sum(n) FROM ({changes}) change"
        f" GROUP BY {_CELL}, tags HAVING sum(n) <> 0;"
    )
