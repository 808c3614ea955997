"""What others state of an institution that was merged is found from the one that it became part of."""

from migrations.rules import run, searching

revision = "membership_0017"
down_revision = "core_0016"


def upgrade() -> None:
    run("""
CREATE FUNCTION member_institution_names(survivor uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE part AS (
        SELECT r.id, r.ror FROM member_institution r WHERE r.id = survivor
        UNION SELECT r.id, r.ror FROM part JOIN member_institution r ON r.merged_into = part.id
    )
    SELECT coalesce(array_agg(name), '{}') FROM part, unnest(ARRAY[part.id::text, part.ror]) name
    WHERE name IS NOT NULL
$$
--;
COMMENT ON FUNCTION member_institution_names(uuid) IS
    'the ids and ROR ids of an institution and of all that were merged into it, in sight or not'
""")
    searching("member_institution_names(uuid)", "membership")


def downgrade() -> None:
    run("DROP FUNCTION member_institution_names(uuid)")
