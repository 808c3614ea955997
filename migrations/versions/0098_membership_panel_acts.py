"""Nominees do not learn of the acts of their panel before the results: a decision has its own time, and recusals are
withheld like decisions."""

from migrations.rules import index_beside_writers, role, run, searching

revision = "0098_membership_panel_acts"
down_revision = "0097_core_named_files"

_INDEX = "member_nomination_retention_idx"
_SINCE = "(CASE WHEN status_since IS NULL THEN updated_at ELSE status_since END)"
_DECIDED = "n.status IN ('selected', 'not_selected') AND "
_WITHHELD = """
DROP FUNCTION member_withheld(text[])
--;
CREATE FUNCTION member_withheld(experts text[]) RETURNS TABLE (id uuid, is_decision boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH own AS MATERIALIZED (
        SELECT e AS expert FROM unnest(experts) e WHERE e ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'
    ), conflicting AS MATERIALIZED (
        SELECT n.id FROM own
        JOIN member_nomination n ON n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', own.expert))
    ), nominated AS MATERIALIZED (
        SELECT n.id, n.call_id, n.status FROM own JOIN member_nomination n ON n.expert_id = own.expert::uuid
    )
    SELECT c.id, false FROM conflicting c
    UNION ALL
    SELECT n.id, true FROM nominated n JOIN member_call k ON k.id = n.call_id
    WHERE {decided}k.status <> 'published'
    UNION ALL
    SELECT s.id, false FROM member_score s
    WHERE s.nomination_id IN (SELECT c.id FROM conflicting c UNION ALL SELECT n.id FROM nominated n)
$$
--;
GRANT EXECUTE ON FUNCTION member_withheld(text[]) TO {access}
"""


def upgrade() -> None:
    run("ALTER TABLE member_nomination ADD COLUMN status_since timestamptz")
    _withhold("")
    run(f"DROP INDEX {_INDEX}")
    index_beside_writers(_INDEX, f"member_nomination (status, {_SINCE})")


def _withhold(decided: str) -> None:
    run(_WITHHELD.format(decided=decided, access=role("access")))
    searching("member_withheld(text[])", "membership")


def downgrade() -> None:
    _withhold(_DECIDED)
    run(f"DROP INDEX {_INDEX}")
    run("ALTER TABLE member_nomination DROP COLUMN status_since")
    index_beside_writers(_INDEX, "member_nomination (status, updated_at)")
