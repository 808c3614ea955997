"""Counts of results, and when each was accepted."""

from migrations.rules import counted, run

revision = "0048_actions_result_counts"
down_revision = "0047_actions_values"

_CELL = "visibility, status, country, category"
_CATEGORY = "coalesce(i.framework, '') || ' ' || r.kind || ' ' || coalesce(p.code, '')"
"""The framework of the indicator, the kind and the code of the period, none of which contains a space."""


def upgrade() -> None:
    run(f"""
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
INSERT INTO core_count_delta (kind, {_CELL}, n) {_changes(("action_result", 1))}
""")
    counted("action_result", _BODY)
    run("""
ALTER TABLE action_result ADD COLUMN accepted_at timestamptz
--;
SET LOCAL escm.write_everywhere = 'on'
--;
UPDATE action_result SET accepted_at = coalesce(published_at, updated_at)
WHERE published_at IS NOT NULL OR status = 'accepted'
""")


def _changes(*sources: tuple[str, int]) -> str:
    """The changes of counts by rows that are added and removed."""
    rows = " UNION ALL ".join(
        f"""SELECT r.visibility, r.status, r.country, {_CATEGORY} AS category, {n} AS n
            FROM {source} r JOIN escm.action_indicator i ON i.id = r.indicator_id
            LEFT JOIN escm.action_period p ON p.id = r.period_id"""
        for source, n in sources
    )
    return f"SELECT 'result', {_CELL}, sum(n) FROM ({rows}) change GROUP BY {_CELL} HAVING sum(n) <> 0"


_APPEND = f"INSERT INTO escm.core_count_delta (kind, {_CELL}, n)"
_BODY = f"""
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN
        {_APPEND} {_changes(("after", 1))};
    ELSIF TG_OP = 'DELETE' THEN
        {_APPEND} {_changes(("before", -1))};
    ELSE
        {_APPEND} {_changes(("after", 1), ("before", -1))};
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
"""


def downgrade() -> None:
    run("""
ALTER TABLE action_result DROP COLUMN accepted_at
--;
DROP TRIGGER action_result_counted_insert ON action_result
--;
DROP TRIGGER action_result_counted_update ON action_result
--;
DROP TRIGGER action_result_counted_delete ON action_result
--;
DROP FUNCTION action_result_counted()
--;
DELETE FROM core_count_delta WHERE kind = 'result'
--;
DELETE FROM core_count_day WHERE kind = 'result'
--;
DELETE FROM core_count WHERE kind = 'result'
""")
