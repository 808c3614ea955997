"""Functions, parameters and a column by the words of the glossary. No data moves."""

from migrations.rules import role, run, searching

revision = "0014_core_names"
down_revision = "0013_actions_governments"

_FUNCTIONS = {
    "centre_standing": "centre_designation_inputs",
    "centre_committee_standing": "centre_committee_filled_seats",
}
_COLUMN, _CONSTRAINT = ("is_kept", "is_retained"), "core_import_effect_{}_not_null"
_NAMES_COMMENT = "the ids and ROR ids of an institution and of all that were merged into it, {}"


def upgrade() -> None:
    for before, after in _FUNCTIONS.items():
        run(f"ALTER FUNCTION {before}(uuid) RENAME TO {after}")
    _merge_targets("survivor", "merge_target")
    _rename_column(*_COLUMN)
    _institution_names("merge_target", "in the access scope or not")
    _country_functions("of_country")


def downgrade() -> None:
    _country_functions("land")
    _institution_names("survivor", "in sight or not")
    _rename_column(*_COLUMN[::-1])
    _merge_targets("merge_target", "survivor")
    for before, after in _FUNCTIONS.items():
        run(f"ALTER FUNCTION {after}(uuid) RENAME TO {before}")


def _rename_column(before: str, after: str) -> None:
    run(f"""
ALTER TABLE core_import_effect RENAME COLUMN {before} TO {after}
--;
ALTER TABLE core_import_effect RENAME CONSTRAINT {_CONSTRAINT.format(before)} TO {_CONSTRAINT.format(after)}
""")


def _merge_targets(before: str, after: str) -> None:
    """The functions belong to `escm_search`, whose functions only it may rename: they are made anew."""
    for table in ("member_expert", "member_institution"):
        run(f"""
DROP FUNCTION {table}_{before}(uuid)
--;
CREATE FUNCTION {table}_{after}(loser uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT r.id, r.merged_into FROM {table} r WHERE r.id = loser
        UNION SELECT r.id, r.merged_into FROM chain JOIN {table} r ON r.id = chain.merged_into
    )
    SELECT id FROM chain WHERE merged_into IS NULL
$$
""")
        searching(f"{table}_{after}(uuid)", "membership")


def _institution_names(parameter: str, reach: str) -> None:
    """A function whose parameter gets another name is made anew, with its owner and privileges."""
    run(f"""
DROP FUNCTION member_institution_names(uuid)
--;
CREATE FUNCTION member_institution_names({parameter} uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE part AS (
        SELECT r.id, r.ror FROM member_institution r WHERE r.id = {parameter}
        UNION SELECT r.id, r.ror FROM part JOIN member_institution r ON r.merged_into = part.id
    )
    SELECT coalesce(array_agg(name), '{{}}') FROM part, unnest(ARRAY[part.id::text, part.ror]) name
    WHERE name IS NOT NULL
$$
--;
COMMENT ON FUNCTION member_institution_names(uuid) IS '{_NAMES_COMMENT.format(reach)}'
""")
    searching("member_institution_names(uuid)", "membership")


def _country_functions(parameter: str) -> None:
    _reads_all(
        "centre_consent",
        parameter,
        "TABLE (endorsement uuid, level integer)",
        f"""
    RETURN QUERY SELECT e.id, e.level::integer FROM action_published_endorsement e
    WHERE e.country = {parameter} AND e.status = 'verified'
        AND (e.valid_to IS NULL OR e.valid_to >= (now() AT TIME ZONE 'UTC')::date)
    ORDER BY e.level DESC, e.id LIMIT 1;""",
    )
    _reads_all(
        "centre_next_serial",
        parameter,
        "SETOF integer",
        f"""
    PERFORM pg_advisory_xact_lock(hashtextextended('centre_next_serial ' || {parameter}, 0));
    RETURN QUERY SELECT coalesce(max(c.registration_serial), 0) + 1 FROM centre_centre c
    WHERE c.country = {parameter};""",
    )


def _reads_all(name: str, parameter: str, returns: str, statements: str) -> None:
    """The parameter must not be named as a column of the query, since columns win."""
    run(f"""
DROP FUNCTION {name}(text)
--;
CREATE FUNCTION {name}({parameter} text) RETURNS {returns} LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);{statements}
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$
--;
REVOKE EXECUTE ON FUNCTION {name}(text) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION {name}(text) TO {role("centres")}
""")
