"""The register dates the removal of a centre by the clock that dates its other changes, if that is ahead of the
database's: a removal never reaches back to a day that has ended."""

from migrations.rules import run

revision = "0079_centres_removals"
down_revision = "0078_core_copies"

_NOW = "now()"
_LATER = "greatest(OLD.updated_at, now())"


def upgrade() -> None:
    _follow(_LATER)


def _follow(removed_at: str) -> None:
    run(f"""
CREATE OR REPLACE FUNCTION centre_register_follow() RETURNS trigger LANGUAGE plpgsql
SET search_path = escm, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM centre_register_enter(OLD, ({removed_at} AT TIME ZONE 'UTC')::date, true);
    ELSE
        PERFORM centre_register_enter(NEW, (NEW.updated_at AT TIME ZONE 'UTC')::date, false);
    END IF;
    RETURN NULL;
END
$$
""")


def downgrade() -> None:
    _follow(_NOW)
