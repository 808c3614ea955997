CREATE SEQUENCE centre_seat_ref_seq;

CREATE TABLE centre_seat (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('SEA', nextval('centre_seat_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('appointed', 'ended')),
    country text NOT NULL,
    visibility text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    committee_id uuid NOT NULL REFERENCES centre_committee (id),
    expert_id uuid,
    person_name text,
    search_key text NOT NULL,
    office text NOT NULL CHECK (office IN ('president', 'vice_president', 'secretary', 'member')),
    starts text,
    ends text,
    held daterange NOT NULL GENERATED ALWAYS AS (daterange(centre_first_day(starts), CASE WHEN (ends IS NOT NULL) THEN GREATEST(centre_first_day(starts), centre_first_day(ends)) ELSE NULL::date END)) STORED,
    reason text,
    term integer NOT NULL DEFAULT 1 CHECK (term > 0),
    rotation_due date,
    reminded_on date,
    CONSTRAINT centre_seat_check CHECK (num_nonnulls(expert_id, person_name) = 1),
    CONSTRAINT centre_seat_check1 CHECK (status <> 'ended' OR ends IS NOT NULL),
    CONSTRAINT centre_seat_holder_excl EXCLUDE USING gist (committee_id WITH =, office WITH =, held WITH &&) WHERE (office <> 'member')
);

CREATE INDEX centre_seat_committee_idx ON centre_seat (committee_id);
CREATE INDEX centre_seat_country_idx ON centre_seat (country, status, id);
CREATE INDEX centre_seat_created_idx ON centre_seat (created_at, id);
CREATE INDEX centre_seat_expert_idx ON centre_seat (expert_id) WHERE (expert_id IS NOT NULL);
CREATE INDEX centre_seat_updated_idx ON centre_seat (updated_at, id);

CREATE TRIGGER centre_seat_quorum_follows AFTER INSERT OR DELETE OR UPDATE OF status, starts, ends ON centre_seat FOR EACH ROW EXECUTE FUNCTION centre_quorum_follows();
CREATE TRIGGER centre_seat_rotation_follows AFTER INSERT OR DELETE OR UPDATE OF expert_id, search_key, office, starts ON centre_seat FOR EACH ROW EXECUTE FUNCTION centre_rotation_follows();

ALTER TABLE centre_seat ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_seat FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_seat_delete ON centre_seat FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_seat_insert ON centre_seat FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_seat_read ON centre_seat FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR committee_id::text = ANY ({setting:records}));
CREATE POLICY centre_seat_update ON centre_seat FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_seat TO {role:centres};
GRANT USAGE ON SEQUENCE centre_seat_ref_seq TO {role:centres};

COMMENT ON COLUMN centre_seat.held IS 'The days on which the office is surely held, up to and without the first day that its end may be: a successor may
    begin on the day, or in the year, that the predecessor ends.';
