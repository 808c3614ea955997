"""The website of a centre in the register, from the profile."""

from migrations.rules import role, run

revision = "0064_centres_websites"
down_revision = "0063_centres_networks"


def upgrade() -> None:
    """The register shows a website whatever the visibility of the profile's row, which follows the centre's in the
    same transaction. An entry without one stays as it was, so that no entry says that nothing changed."""
    searcher = role("search")
    run(f"""
GRANT SELECT (centre_id, website) ON centre_profile TO {searcher}
--;
CREATE POLICY centre_profile_search ON centre_profile FOR SELECT TO {searcher} USING (true)
--;
ALTER FUNCTION centre_shown(centre_centre) RENAME TO centre_shown_by_itself
--;
CREATE FUNCTION centre_shown(centre centre_centre) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT centre_shown_by_itself(centre) || coalesce((
        SELECT jsonb_build_object('website', p.website) FROM centre_profile p
        WHERE p.centre_id = centre.id AND p.website IS NOT NULL), '{{}}')
$$
--;
REVOKE EXECUTE ON FUNCTION centre_shown(centre_centre) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION centre_shown(centre_centre) TO {role("centres")}, {searcher}
""")


def downgrade() -> None:
    searcher = role("search")
    run(f"""
DROP FUNCTION centre_shown(centre_centre)
--;
ALTER FUNCTION centre_shown_by_itself(centre_centre) RENAME TO centre_shown
--;
DROP POLICY centre_profile_search ON centre_profile
--;
REVOKE SELECT (centre_id, website) ON centre_profile FROM {searcher}
""")
