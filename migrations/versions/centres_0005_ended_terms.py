"""The day on which a term ended, and the counts of centres, kept as those of experts are."""

from alembic import op

from migrations.rules import grant, run

revision = "centres_0005"
down_revision = "actions_0010"

_EVENTS = {
    "insert": "NEW TABLE AS after",
    "update": "OLD TABLE AS before NEW TABLE AS after",
    "delete": "OLD TABLE AS before",
}
_CELL = "visibility, status, country, category"


def _rows(source: str, number: int, more: str = "") -> str:
    return f"SELECT visibility, status, country, '' AS category, {number} AS n{more} FROM {source}"


def _appended(changes: str, having: str = "", day: str = "") -> str:
    named, taken = ("day, ", f"{day}, ") if day else ("", "")
    return (
        f"INSERT INTO escm.core_count_delta (kind, {named}{_CELL}, n)"
        f" SELECT 'centre', {taken}{_CELL}, sum(n) FROM ({changes}) change GROUP BY {taken}{_CELL} {having}"
    )


def upgrade() -> None:
    """The day of a centre that is there already is that of its designation; of one without, the day it was entered."""
    grant("core_count_delta", "SELECT, INSERT", "centres")
    run(f"""
ALTER TABLE centre_term ADD COLUMN ended_on date
--;
CREATE FUNCTION centre_centre_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {_appended(_rows("after", 1))};
    ELSIF TG_OP = 'DELETE' THEN
        {_appended(_rows("before", -1))};
    ELSE
        {_appended(_rows("after", 1) + " UNION ALL " + _rows("before", -1), "HAVING sum(n) <> 0")};
    END IF;
    RETURN NULL;
END
$$
""")
    for event, tables in _EVENTS.items():
        run(
            f"CREATE TRIGGER centre_centre_counted_{event} AFTER {event} ON centre_centre REFERENCING {tables}"
            " FOR EACH STATEMENT EXECUTE FUNCTION centre_centre_counted()"
        )
    op.execute("SELECT set_config('escm.visibilities', 'public,network,restricted', true)")
    op.execute("SELECT set_config('escm.write_everywhere', 'on', true)")
    run(_appended(_rows("centre_centre", 1, ", coalesce(designated_on, created_at::date) AS day"), day="day"))
    run("UPDATE centre_term SET ended_on = least(ends, updated_at::date) WHERE status = 'ended'")


def downgrade() -> None:
    for event in _EVENTS:
        run(f"DROP TRIGGER centre_centre_counted_{event} ON centre_centre")
    run("""
DROP FUNCTION centre_centre_counted()
--;
DELETE FROM core_count_delta WHERE kind = 'centre'
--;
ALTER TABLE centre_term DROP COLUMN ended_on
""")
