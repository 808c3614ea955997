"""Counts of programmes, actions, milestones, endorsements and country stages; the completeness of a programme."""

from migrations.rules import counted, grant, role, run

revision = "0042_actions_statistics"
down_revision = "0041_actions_targets"

_CELL = "kind, visibility, status, country, category"
_RECORDS = "visibility, status, country"
_ACTION = "r.pillar || ' ' || r.kind || ' ' || p.framework"
_COUNTED = {
    "programme": ("action_programme", _RECORDS, "framework", ""),
    "action": (
        "action_action",
        "r.visibility, r.status, r.country",
        _ACTION,
        "r JOIN escm.action_programme p ON p.id = r.programme_id",
    ),
    "milestone": ("action_milestone", _RECORDS, "''", ""),
    "endorsement": ("action_endorsement", _RECORDS, "''", ""),
    "country": ("action_country_stage", "visibility, stage::text AS status, country", "''", "WHERE stage > 0"),
}
"""By the kind of count: the table, its columns, the category, and how its rows are joined and chosen. The category of an
action is its pillar, its kind and its framework, none of which contains a space."""


def upgrade() -> None:
    grant("core_count_delta", "INSERT", "actions")
    grant("core_count_fold", "SELECT", "actions")
    run("SET LOCAL escm.visibilities = 'public,network,restricted'")
    for kind, (table, *_) in _COUNTED.items():
        run(f"INSERT INTO core_count_delta ({_CELL}, n) {_changes(kind, (table, 1))}")
        counted(table, _body(kind))
    _completeness()


def _changes(kind: str, *sources: tuple[str, int]) -> str:
    """The changes of counts by rows that are added and removed."""
    _, columns, category, chosen = _COUNTED[kind]
    rows = " UNION ALL ".join(
        f"SELECT {columns}, {category} AS category, {n} AS n FROM {source} {chosen}" for source, n in sources
    )
    having = " HAVING sum(n) <> 0" if len(sources) > 1 else ""
    return f"""
        SELECT '{kind}', {_RECORDS}, category, sum(n) FROM ({rows}) change
        GROUP BY {_RECORDS}, category{having}"""


def _body(kind: str) -> str:
    """Joined programmes are read whatever the writer may see."""
    append = f"INSERT INTO escm.core_count_delta ({_CELL}, n)"
    return f"""
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'INSERT' THEN
        {append}{_changes(kind, ("after", 1))};
    ELSIF TG_OP = 'DELETE' THEN
        {append}{_changes(kind, ("before", -1))};
    ELSE
        {append}{_changes(kind, ("after", 1), ("before", -1))};
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
"""


def _completeness() -> None:
    """The elements of a programme that are there, each with the day since when: by the conditions of the ladder, and
    the same for every caller."""
    run(f"""
CREATE FUNCTION action_completeness(programme uuid, place text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
    found jsonb;
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    SELECT jsonb_object_agg(key, day) INTO found FROM (
        SELECT 'core' AS key, min(designated_on) AS day FROM centre_published_centre
        WHERE country = place AND status IN ('active', 'renewal_due', 'renewal_review')
        UNION ALL
        SELECT pillar, min(actual_start) FROM action_action
        WHERE programme_id = programme AND pillar <> 'core' AND status IN ('in_progress', 'finalising', 'closed')
        GROUP BY pillar
    ) element WHERE day IS NOT NULL;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN coalesce(found, '{{}}');
END
$$
--;
REVOKE EXECUTE ON FUNCTION action_completeness(uuid, text) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION action_completeness(uuid, text) TO {role("actions")}
""")


def downgrade() -> None:
    run("DROP FUNCTION action_completeness(uuid, text)")
    for table, *_ in _COUNTED.values():
        run(f"""
DROP TRIGGER {table}_counted_insert ON {table}
--;
DROP TRIGGER {table}_counted_update ON {table}
--;
DROP TRIGGER {table}_counted_delete ON {table}
--;
DROP FUNCTION {table}_counted()
""")
    kinds = ", ".join(f"'{kind}'" for kind in _COUNTED)
    for table in ("core_count_delta", "core_count_day", "core_count"):
        run(f"DELETE FROM {table} WHERE kind IN ({kinds})")
    run(f"""
REVOKE INSERT ON core_count_delta FROM {role("actions")}
--;
REVOKE SELECT ON core_count_fold FROM {role("actions")}
""")
