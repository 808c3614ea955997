CREATE SEQUENCE centre_partnership_ref_seq;

CREATE TABLE centre_partnership (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PTN', nextval('centre_partnership_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'active', 'declined', 'ended')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    partner_centre_id uuid REFERENCES centre_centre (id),
    partner_institution_id uuid,
    partner_network_id uuid REFERENCES centre_network (id),
    kind text NOT NULL CHECK (kind IN ('partner_centre', 'satellite', 'member', 'data')),
    agreement_id uuid REFERENCES centre_agreement (id),
    starts date,
    ends date,
    partner_country text,
    centre_visibility text NOT NULL CHECK (centre_visibility IN ('public', 'network', 'restricted')),
    partner_visibility text NOT NULL CHECK (partner_visibility IN ('public', 'network', 'restricted')),
    CONSTRAINT centre_partnership_check CHECK (partner_centre_id <> centre_id),
    CONSTRAINT centre_partnership_check1 CHECK (ends >= starts),
    CONSTRAINT centre_partnership_check2 CHECK ((partner_country IS NULL) = (partner_network_id IS NOT NULL)),
    CONSTRAINT centre_partnership_check3 CHECK (num_nonnulls(partner_centre_id, partner_institution_id, partner_network_id) = 1)
);

CREATE INDEX centre_partnership_agreement_idx ON centre_partnership (agreement_id) WHERE (agreement_id IS NOT NULL);
CREATE INDEX centre_partnership_centre_idx ON centre_partnership (centre_id, id);
CREATE UNIQUE INDEX centre_partnership_centre_key ON centre_partnership (LEAST(centre_id, partner_centre_id), GREATEST(centre_id, partner_centre_id), kind) WHERE (partner_centre_id IS NOT NULL AND status IN ('proposed', 'active'));
CREATE INDEX centre_partnership_country_idx ON centre_partnership (country, status, id);
CREATE INDEX centre_partnership_institution_idx ON centre_partnership (partner_institution_id, id) WHERE (partner_institution_id IS NOT NULL);
CREATE UNIQUE INDEX centre_partnership_institution_key ON centre_partnership (partner_institution_id, centre_id, kind) WHERE (partner_institution_id IS NOT NULL AND status IN ('proposed', 'active'));
CREATE INDEX centre_partnership_network_idx ON centre_partnership (partner_network_id, id) WHERE (partner_network_id IS NOT NULL);
CREATE UNIQUE INDEX centre_partnership_network_key ON centre_partnership (partner_network_id, centre_id, kind) WHERE (partner_network_id IS NOT NULL AND status IN ('proposed', 'active'));
CREATE INDEX centre_partnership_other_idx ON centre_partnership (partner_country, id) WHERE (partner_country IS NOT NULL);
CREATE INDEX centre_partnership_over_idx ON centre_partnership (ends) WHERE (status = 'active');
CREATE INDEX centre_partnership_partner_idx ON centre_partnership (partner_centre_id, id) WHERE (partner_centre_id IS NOT NULL);

ALTER TABLE centre_partnership ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_partnership FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_partnership_delete ON centre_partnership FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_partnership_insert ON centre_partnership FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_partnership_other ON centre_partnership FOR SELECT USING (partner_country = ANY ({setting:countries}) OR partner_centre_id::text = ANY ({setting:records}) OR partner_institution_id::text = ANY ({setting:records}) OR id::text = ANY ({setting:records}));
CREATE POLICY centre_partnership_other_update ON centre_partnership FOR UPDATE USING (partner_country = ANY ({setting:write_countries}) OR partner_centre_id::text = ANY ({setting:write_records}) OR partner_institution_id::text = ANY ({setting:write_records}) OR id::text = ANY ({setting:write_records})) WITH CHECK (partner_country = ANY ({setting:write_countries}) OR partner_centre_id::text = ANY ({setting:write_records}) OR partner_institution_id::text = ANY ({setting:write_records}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_partnership_read ON centre_partnership FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_partnership_update ON centre_partnership FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_partnership TO {role:centres};
GRANT USAGE ON SEQUENCE centre_partnership_ref_seq TO {role:centres};
