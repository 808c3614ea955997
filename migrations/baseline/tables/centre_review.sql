CREATE SEQUENCE centre_review_ref_seq;

CREATE TABLE centre_review (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('REV', nextval('centre_review_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'recorded'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    reviewer_id uuid NOT NULL,
    scores jsonb NOT NULL,
    recommendation text NOT NULL CHECK (recommendation IN ('designate', 'decline')),
    conflict_of_interest boolean NOT NULL,
    comment text
);

CREATE INDEX centre_review_centre_idx ON centre_review (centre_id, id);
CREATE INDEX centre_review_reviewer_idx ON centre_review (reviewer_id);

ALTER TABLE centre_review ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_review FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_review_delete ON centre_review FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_review_insert ON centre_review FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_review_read ON centre_review FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_review_update ON centre_review FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_review TO {role:centres};
GRANT USAGE ON SEQUENCE centre_review_ref_seq TO {role:centres};
