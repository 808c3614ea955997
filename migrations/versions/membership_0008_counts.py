"""Experts and institutions append what they change in the counts, from the first record on."""

from migrations.rules import run

revision = "membership_0008"
down_revision = "core_0006"

_EVENTS = {
    "insert": "NEW TABLE AS after",
    "update": "OLD TABLE AS before NEW TABLE AS after",
    "delete": "OLD TABLE AS before",
}
_EXPERT = ("expert", "category, fields", "merged_into IS NULL AND erased_at IS NULL")
_INSTITUTION = ("institution", "'' AS category, NULL::text[] AS fields", "merged_into IS NULL")


def upgrade() -> None:
    """The triggers are of statements, so an import or COPY of many rows appends one row for each cell that it changes.

    The tables stay locked against writers until what they hold already is counted, on the day it was entered.
    """
    for kind, parts, counted in (_EXPERT, _INSTITUTION):
        _count(kind, parts, counted)


def _count(kind: str, parts: str, counted: str) -> None:
    table = f"member_{kind}"
    names = "visibility, status, country, category, tags"

    def appended(changes: str, having: str = "", day: str = "") -> str:
        days = ("day, ", f"{day}, ") if day else ("", "")
        return (
            f"INSERT INTO escm.core_count_delta (kind, {days[0]}{names}, n)"
            f" SELECT '{kind}', {days[1]}visibility, status, country, category, fields, sum(n) FROM ({changes}) change"
            f" GROUP BY {days[1]}visibility, status, country, category, fields {having}"
        )

    def rows(source: str, n: int, more: str = "") -> str:
        return f"SELECT visibility, status, country, {parts}, {n} AS n{more} FROM {source} WHERE {counted}"

    run(f"""
CREATE FUNCTION {table}_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {appended(rows("after", 1))};
    ELSIF TG_OP = 'DELETE' THEN
        {appended(rows("before", -1))};
    ELSE
        {appended(rows("after", 1) + " UNION ALL " + rows("before", -1), "HAVING sum(n) <> 0")};
    END IF;
    RETURN NULL;
END
$$
""")
    for event, tables in _EVENTS.items():
        run(
            f"CREATE TRIGGER {table}_counted_{event} AFTER {event} ON {table} REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_counted()"
        )
    run("SELECT set_config('escm.visibilities', 'public,network,restricted', true)")
    run(appended(rows(table, 1, ", created_at"), day="(created_at AT TIME ZONE 'UTC')::date"))
    run(f"""
DO $$ BEGIN
    IF (SELECT count(*) FROM {table} WHERE {counted})
        <> (SELECT coalesce(sum(n), 0) FROM core_count_delta WHERE kind = '{kind}')
    THEN RAISE 'the counts of {table} are not those of its rows'; END IF;
END $$
""")


def downgrade() -> None:
    for table in ("member_institution", "member_expert"):
        for event in _EVENTS:
            run(f"DROP TRIGGER {table}_counted_{event} ON {table}")
        run(f"DROP FUNCTION {table}_counted()")
