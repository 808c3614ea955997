"""Merges of experts and of institutions, what each of them moved, and whither a chain of merges leads."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, role, run, searching, setting

revision = "membership_0014"
down_revision = "membership_0011"

KINDS = ("expert", "institution")


def upgrade() -> None:
    run(f"""
CREATE TABLE member_merge ({record_columns("merged|undone")}
    resource text NOT NULL CHECK (resource IN ('experts', 'institutions')),
    winner_id uuid NOT NULL,
    winner_version integer NOT NULL,
    loser_id uuid NOT NULL,
    loser_country text NOT NULL CHECK (loser_country ~ '^[A-Z]{{2}}$'),
    choices jsonb NOT NULL,
    moved jsonb NOT NULL,
    CHECK (winner_id <> loser_id)
)
--;
CREATE UNIQUE INDEX member_merge_loser_key ON member_merge (loser_id) WHERE status = 'merged'
--;
CREATE INDEX member_merge_winner_idx ON member_merge (winner_id, winner_version)
--;
CREATE INDEX member_merge_country_idx ON member_merge (country, status, id)
--;
CREATE INDEX member_merge_created_idx ON member_merge (created_at, id)
--;
CREATE INDEX member_merge_updated_idx ON member_merge (updated_at, id)
--;
CREATE TABLE member_merge_part (
    id uuid PRIMARY KEY,
    merge_id uuid NOT NULL REFERENCES member_merge (id),
    part text NOT NULL CHECK (part IN ('field', 'moved', 'united', 'identity')),
    record_id uuid NOT NULL,
    detail bytea NOT NULL,
    detail_key uuid
)
--;
COMMENT ON TABLE member_merge_part IS
    'what a merge changed, for taking it back; what describes a person is encrypted with a key of that person'
--;
CREATE INDEX member_merge_part_merge_idx ON member_merge_part (merge_id)
""")
    reference_numbers("member_merge", "MRG", "membership")
    country_scoped("member_merge", "membership")
    run(f"""
CREATE POLICY member_merge_loser_read ON member_merge AS RESTRICTIVE FOR SELECT USING (
    visibility = ANY({setting("visibilities")}) OR loser_country = ANY({setting("countries")}))
--;
CREATE POLICY member_merge_loser_insert ON member_merge AS RESTRICTIVE FOR INSERT WITH CHECK (
    (SELECT current_setting('escm.write_everywhere', true)) = 'on'
    OR loser_country = ANY({setting("write_countries")}))
--;
CREATE POLICY member_merge_loser_update ON member_merge AS RESTRICTIVE FOR UPDATE USING (
    (SELECT current_setting('escm.write_everywhere', true)) = 'on'
    OR loser_country = ANY({setting("write_countries")}))
""")
    grant("member_merge_part", "SELECT, INSERT, DELETE", "membership")
    run(f"GRANT SELECT (id, merged_into) ON member_expert TO {role('search')}")
    for kind in KINDS:
        _survivor(f"member_{kind}")


def _survivor(table: str) -> None:
    """Who asks for a loser is told whither its merges lead, though a merge on the way be out of their sight."""
    run(f"""
CREATE FUNCTION {table}_survivor(loser uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT r.id, r.merged_into FROM {table} r WHERE r.id = loser
        UNION SELECT r.id, r.merged_into FROM chain JOIN {table} r ON r.id = chain.merged_into
    )
    SELECT id FROM chain WHERE merged_into IS NULL
$$
""")
    searching(f"{table}_survivor(uuid)", "membership")


def downgrade() -> None:
    for kind in KINDS:
        run(f"DROP FUNCTION member_{kind}_survivor(uuid)")
    run("""
DROP TABLE member_merge_part
--;
DROP TABLE member_merge
--;
DROP SEQUENCE member_merge_ref_seq
""")
