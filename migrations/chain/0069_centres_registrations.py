"""Centres that were designated before they were entered, and closures on a later day."""

from migrations.rules import grant, role, run

revision = "0069_centres_registrations"
down_revision = "0068_centres_renewals"

_SHOWN = "('active', 'renewal_due', 'renewal_review', 'suspended', 'expired', 'closed')"
_STEPS = "('designated', 'renewed', 'suspended', 'reinstated', 'expired', 'closed')"
_REMOVAL = """
        IF is_gone THEN
            found := jsonb_build_array(jsonb_build_object(
                'change', 'removed', 'from', was -> 'status', 'to', NULL, 'names', was -> 'names'));
        END IF;"""


def upgrade() -> None:
    """A number of another form than those that the register gives has no serial. The light `entered_late` is that of a
    report whose last day had passed when it was entered: nobody announces it."""
    run("""
ALTER TABLE centre_centre
    DROP CONSTRAINT centre_centre_check,
    ADD CONSTRAINT centre_centre_registered_check CHECK (
        num_nulls(registration_number, designated_on) IN (0, 2)
        AND (registration_number IS NOT NULL OR registration_serial IS NULL)),
    ADD COLUMN pending_closure jsonb
--;
ALTER TABLE centre_annual_report
    DROP CONSTRAINT centre_annual_report_announced_check,
    ADD CONSTRAINT centre_annual_report_announced_check CHECK (announced IN ('entered_late', 'yellow', 'red'))
""")
    _register("AND last_changes -> 0 ->> 'change' IS DISTINCT FROM 'removed'", _REMOVAL)
    run("""
CREATE VIEW member_published_orcid AS
    SELECT id, orcid FROM member_expert WHERE orcid IS NOT NULL AND merged_into IS NULL AND erased_at IS NULL
--;
CREATE VIEW action_published_centre_use AS
    SELECT centre_id FROM action_programme WHERE centre_id IS NOT NULL
    UNION ALL SELECT centre_id FROM action_target WHERE centre_id IS NOT NULL
    UNION ALL SELECT centre_id FROM action_result WHERE centre_id IS NOT NULL
    UNION ALL SELECT centre_id FROM action_support_request WHERE centre_id IS NOT NULL
""")
    grant("member_published_orcid", "SELECT", "centres")
    grant("action_published_centre_use", "SELECT", "centres")


def _register(unless_removed: str, removal: str) -> None:
    """A centre that is deleted leaves the register with a line; one that is entered again is designated anew."""
    run(f"""
GRANT CREATE ON SCHEMA escm TO {role("search")}
--;
SET LOCAL ROLE {role("search")}
--;
CREATE OR REPLACE FUNCTION centre_register_enter(centre centre_centre, day date, is_gone boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
    last_day date;
    last_changes jsonb;
    was jsonb;
    became jsonb;
    found jsonb;
BEGIN
    IF centre.registration_number IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('escm.visibilities', 'public', true);
    IF NOT is_gone AND centre.visibility = 'public' AND centre.status IN {_SHOWN} THEN
        became := centre_shown(centre);
    END IF;
    SELECT e.recorded_on, e.shown, e.changes INTO last_day, was, last_changes FROM centre_register_entry e
    WHERE e.country = centre.country AND e.registration_number = centre.registration_number
    ORDER BY e.recorded_on DESC, e.position DESC LIMIT 1;
    IF became IS DISTINCT FROM was THEN
        IF was IS NULL {unless_removed} THEN
            SELECT e.shown INTO was FROM centre_register_entry e
            WHERE e.country = centre.country AND e.registration_number = centre.registration_number
                AND e.shown IS NOT NULL
            ORDER BY e.recorded_on DESC, e.position DESC LIMIT 1;
        END IF;
        found := centre_shown_changes(was, became);{removal}
        INSERT INTO centre_register_entry
            (centre_id, registration_number, country, visibility, status, recorded_on, shown, changes, note)
        VALUES (centre.id, centre.registration_number, centre.country, 'public', became ->> 'status',
            greatest(day, last_day), became, found,
            CASE WHEN found -> 0 ->> 'change' IN {_STEPS} OR centre.noted_version = centre.version
                THEN centre.public_note END);
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$
--;
SET LOCAL ROLE {role("owner")}
--;
REVOKE CREATE ON SCHEMA escm FROM {role("search")}
""")


def downgrade() -> None:
    _register("", "")
    run("""
DROP VIEW action_published_centre_use, member_published_orcid
--;
ALTER TABLE centre_annual_report
    DROP CONSTRAINT centre_annual_report_announced_check,
    ADD CONSTRAINT centre_annual_report_announced_check CHECK (announced IN ('yellow', 'red'))
--;
ALTER TABLE centre_centre
    DROP COLUMN pending_closure,
    DROP CONSTRAINT centre_centre_registered_check,
    ADD CONSTRAINT centre_centre_check
        CHECK (num_nulls(registration_number, registration_serial, designated_on) IN (0, 3))
""")
