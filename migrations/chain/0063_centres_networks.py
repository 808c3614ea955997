"""Networks of centres, partnerships of centres, and the profile of each centre."""

from migrations.rules import (
    RECORD,
    country_scoped,
    grant,
    json_of,
    record_columns,
    reference_numbers,
    role,
    run,
    setting,
)

revision = "0063_centres_networks"
down_revision = "0062_centres_imports"

_HAS_CONTEXT = f"{setting('countries')} IS NOT NULL"
"""Sandbox clients see no visibility, only countries; nobody reads without a context."""
_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"
_PUBLISHED = "id, ref, version, country, status, visibility"
_VISIBILITY = "text NOT NULL CHECK ({name} IN ('public', 'network', 'restricted'))"
_LIVING = "status IN ('proposed', 'active')"
_OTHER_SIDE = """partner_country = ANY({countries})
        OR partner_centre_id::text = ANY({records}) OR partner_institution_id::text = ANY({records})
        OR id::text = ANY({records})"""
_COORDINATED = f"""
    UNION ALL
    SELECT coordinator_id, 'coordinated_networks', NULL, {json_of("id ref status code titles coordinator_id")}
    FROM centre_network WHERE coordinator_id IS NOT NULL"""


def upgrade() -> None:
    _networks()
    _partnerships()
    _profiles()
    run(f"""
CREATE VIEW action_published_action AS SELECT {_PUBLISHED} FROM action_action
""")
    grant("action_published_action", "SELECT", "centres")
    grant("centre_published_agreement", "SELECT", "centres")
    _personal(_COORDINATED)


def _networks() -> None:
    columns = record_columns("active|closed").replace(_COUNTRY, "country text CHECK (country IS NULL)")
    run(f"""
CREATE TABLE centre_network ({columns}
    code text NOT NULL CONSTRAINT centre_network_code_key UNIQUE,
    titles jsonb NOT NULL,
    search_key text NOT NULL,
    themes text[] NOT NULL,
    coordinator_id uuid
)
--;
CREATE INDEX centre_network_coordinator_idx ON centre_network (coordinator_id) WHERE coordinator_id IS NOT NULL
--;
CREATE VIEW centre_published_network AS SELECT {_PUBLISHED} FROM centre_network
""")
    reference_numbers("centre_network", "NET", "centres")
    country_scoped("centre_network", "centres")
    run(f"""
CREATE POLICY centre_network_public ON centre_network FOR SELECT USING (visibility = 'public' AND {_HAS_CONTEXT})
""")
    grant("centre_published_network", "SELECT", "centres")


def _partnerships() -> None:
    run(f"""
CREATE TABLE centre_partnership ({record_columns("proposed|active|declined|ended")}
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    partner_centre_id uuid REFERENCES centre_centre (id) CHECK (partner_centre_id <> centre_id),
    partner_institution_id uuid,
    partner_network_id uuid REFERENCES centre_network (id),
    kind text NOT NULL CHECK (kind IN ('partner_centre', 'satellite', 'member', 'data')),
    agreement_id uuid REFERENCES centre_agreement (id),
    starts date,
    ends date CHECK (ends >= starts),
    partner_country text CHECK ((partner_country IS NULL) = (partner_network_id IS NOT NULL)),
    centre_visibility {_VISIBILITY.format(name="centre_visibility")},
    partner_visibility {_VISIBILITY.format(name="partner_visibility")},
    CHECK (num_nonnulls(partner_centre_id, partner_institution_id, partner_network_id) = 1)
)
--;
CREATE UNIQUE INDEX centre_partnership_centre_key ON centre_partnership
    (least(centre_id, partner_centre_id), greatest(centre_id, partner_centre_id), kind)
    WHERE partner_centre_id IS NOT NULL AND {_LIVING}
--;
CREATE UNIQUE INDEX centre_partnership_institution_key ON centre_partnership (partner_institution_id, centre_id, kind)
    WHERE partner_institution_id IS NOT NULL AND {_LIVING}
--;
CREATE UNIQUE INDEX centre_partnership_network_key ON centre_partnership (partner_network_id, centre_id, kind)
    WHERE partner_network_id IS NOT NULL AND {_LIVING}
--;
CREATE INDEX centre_partnership_centre_idx ON centre_partnership (centre_id, id)
--;
CREATE INDEX centre_partnership_partner_idx ON centre_partnership (partner_centre_id, id)
    WHERE partner_centre_id IS NOT NULL
--;
CREATE INDEX centre_partnership_institution_idx ON centre_partnership (partner_institution_id, id)
    WHERE partner_institution_id IS NOT NULL
--;
CREATE INDEX centre_partnership_network_idx ON centre_partnership (partner_network_id, id)
    WHERE partner_network_id IS NOT NULL
--;
CREATE INDEX centre_partnership_agreement_idx ON centre_partnership (agreement_id) WHERE agreement_id IS NOT NULL
--;
CREATE INDEX centre_partnership_country_idx ON centre_partnership (country, status, id)
--;
CREATE INDEX centre_partnership_other_idx ON centre_partnership (partner_country, id) WHERE partner_country IS NOT NULL
--;
CREATE INDEX centre_partnership_over_idx ON centre_partnership (ends) WHERE status = 'active'
""")
    run(f"""
CREATE VIEW centre_published_partnership AS
    SELECT {_PUBLISHED}, centre_id, partner_centre_id, partner_institution_id FROM centre_partnership
""")
    grant("centre_published_partnership", "SELECT", "access")
    reference_numbers("centre_partnership", "PTN", "centres")
    country_scoped("centre_partnership", "centres", record="centre_id")
    readable = _OTHER_SIDE.format(countries=setting("countries"), records=setting("records"))
    writable = _OTHER_SIDE.format(countries=setting("write_countries"), records=setting("write_records"))
    run(f"""
CREATE POLICY centre_partnership_other ON centre_partnership FOR SELECT USING ({readable})
--;
CREATE POLICY centre_partnership_other_update ON centre_partnership FOR UPDATE USING ({writable})
    WITH CHECK ({writable})
""")


def _profiles() -> None:
    run(f"""
CREATE TABLE centre_profile ({record_columns("recorded")}
    centre_id uuid NOT NULL CONSTRAINT centre_profile_centre_key UNIQUE REFERENCES centre_centre (id),
    website text,
    established integer,
    languages text[] NOT NULL,
    staff jsonb,
    facilities jsonb NOT NULL,
    equipment jsonb NOT NULL,
    services jsonb NOT NULL,
    projects jsonb NOT NULL,
    publications jsonb NOT NULL,
    confirmed_on date
)
""")
    reference_numbers("centre_profile", "PRF", "centres")
    country_scoped("centre_profile", "centres", record="centre_id")


def _personal(networks: str) -> None:
    """What centres stores about experts, for an export of everything about one."""
    reviewer = json_of(f"{RECORD} centre_id centre_names expert_id due conflict_of_interest conflict replaced_by")
    entry = json_of("registration_number country status recorded_on shown")
    review = json_of(f"{RECORD} centre_id reviewer_id scores recommendation conflict_of_interest comment")
    run(f"""
DROP VIEW centre_published_personal
--;
CREATE VIEW centre_published_personal AS
    SELECT expert_id AS person, 'seats' AS part, id,
        {json_of(f"{RECORD} committee_id expert_id office starts ends")} AS record
    FROM centre_seat WHERE expert_id IS NOT NULL
    UNION ALL
    SELECT reviewer_id, 'reviews', id, {review}
    FROM centre_review
    UNION ALL
    SELECT expert_id, 'reviewers', id, {reviewer}
    FROM centre_reviewer
    UNION ALL
    SELECT director_id, 'directed_centres', NULL, {json_of("id ref status country names director_id")}
    FROM centre_centre WHERE director_id IS NOT NULL
    UNION ALL
    SELECT (shown ->> 'director_id')::uuid, 'register_entries', NULL, {entry}
    FROM centre_register_entry WHERE shown ->> 'director_id' IS NOT NULL{networks}
""")
    grant("centre_published_personal", "SELECT", "membership")


def downgrade() -> None:
    _personal("")
    run(f"""
REVOKE SELECT ON centre_published_agreement FROM {role("centres")}
--;
DROP VIEW action_published_action
--;
DROP TABLE centre_profile
--;
DROP SEQUENCE centre_profile_ref_seq
--;
DROP VIEW centre_published_partnership
--;
DROP TABLE centre_partnership
--;
DROP SEQUENCE centre_partnership_ref_seq
--;
DROP VIEW centre_published_network
--;
DROP TABLE centre_network
--;
DROP SEQUENCE centre_network_ref_seq
""")
