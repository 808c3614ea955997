"""What migrations say of a table whose rows belong to an expert: its rows have the country of the expert.

Frozen like `migrations.rules`, once a migration that calls it is released.
"""

from migrations.rules import role, run, searching


def follow_expert(table: str) -> None:
    """A trigger that gives the rows of `member_<kind>` with this `expert_id` the country of the expert, whoever moves
    the expert: it acts as `escm_search`, which may change nothing else."""
    function, searcher = f"{table}_follow()", role("search")
    run(f"""
CREATE POLICY {table}_search ON {table} FOR SELECT TO {searcher} USING (true)
--;
CREATE POLICY {table}_follow ON {table} FOR UPDATE TO {searcher} USING (true) WITH CHECK (true)
--;
GRANT SELECT (expert_id), UPDATE (country) ON {table} TO {searcher}
--;
CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN
    UPDATE {table} SET country = NEW.country WHERE expert_id = NEW.id;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER {_trigger(table)} AFTER UPDATE OF country ON member_expert FOR EACH ROW
    WHEN (OLD.country IS DISTINCT FROM NEW.country) EXECUTE FUNCTION {function}
""")  # noqa: S608
    searching(function, "membership")


def unfollow_expert(table: str) -> None:
    """Removes the trigger and its function; the policies and grants go with the table."""
    run(f"""
DROP TRIGGER {_trigger(table)} ON member_expert
--;
DROP FUNCTION {table}_follow()
""")


def _trigger(table: str) -> str:
    return f"member_expert_{table.removeprefix('member_')}s_follow"
