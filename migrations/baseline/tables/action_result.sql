CREATE SEQUENCE action_result_ref_seq;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE action_result (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('RES', nextval('action_result_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'submitted', 'approved', 'accepted', 'published', 'superseded', 'retracted', 'discarded')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    indicator_id uuid NOT NULL REFERENCES action_indicator (id),
    action_id uuid REFERENCES action_action (id),
    centre_id uuid,
    kind text NOT NULL CHECK (kind IN ('actual', 'baseline')),
    period_id uuid REFERENCES action_period (id),
    year integer,
    method text NOT NULL,
    value numeric,
    numerator numeric,
    denominator numeric CHECK (denominator <> 0::numeric),
    code text,
    text jsonb,
    missing text,
    breakdown jsonb NOT NULL,
    source text,
    method_note text,
    comment text,
    evidence jsonb NOT NULL,
    revision integer NOT NULL,
    revision_of uuid REFERENCES action_result (id),
    superseded_by uuid,
    late boolean,
    acknowledged text[] NOT NULL,
    submitted_at timestamptz,
    published_at timestamptz,
    ended_at timestamptz,
    claimants uuid[] NOT NULL,
    accepted_at timestamptz,
    CONSTRAINT action_result_check CHECK (((kind = 'actual') = (period_id IS NOT NULL)) AND ((kind = 'baseline') = (year IS NOT NULL))),
    CONSTRAINT action_result_check1 CHECK (num_nonnulls(value, numerator, code, text, missing) <= 1),
    CONSTRAINT action_result_check2 CHECK ((numerator IS NULL) = (denominator IS NULL))
);

CREATE INDEX action_result_action_idx ON action_result (action_id, id) WHERE (action_id IS NOT NULL);
CREATE INDEX action_result_centre_idx ON action_result (centre_id, id) WHERE (centre_id IS NOT NULL);
CREATE INDEX action_result_compared_idx ON action_result (period_id, country, indicator_id, id) WHERE (period_id IS NOT NULL);
CREATE INDEX action_result_country_idx ON action_result (country, status, id);
CREATE INDEX action_result_evidence_evidence_idx ON action_result USING gin (evidence jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX action_result_kind_idx ON action_result (kind, id);
CREATE INDEX action_result_late_idx ON action_result (late, id) WHERE (late IS NOT NULL);
CREATE UNIQUE INDEX action_result_living_key ON action_result (indicator_id, period_id, year, country, action_id, centre_id, kind) NULLS NOT DISTINCT WHERE (status = 'published' OR (revision_of IS NULL AND status IN ('draft', 'submitted', 'approved', 'accepted')));
CREATE INDEX action_result_period_idx ON action_result (period_id, id) WHERE (period_id IS NOT NULL);
CREATE UNIQUE INDEX action_result_revision_key ON action_result (revision_of) WHERE (status IN ('draft', 'submitted', 'approved', 'accepted'));
CREATE INDEX action_result_subject_idx ON action_result (indicator_id, country, id);
CREATE INDEX action_result_updated_idx ON action_result (updated_at, id);
CREATE INDEX action_result_waiting_idx ON action_result (country, id) WHERE (status IN ('submitted', 'approved', 'accepted'));

CREATE TRIGGER action_result_counted_delete AFTER DELETE ON action_result REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_result_counted();
CREATE TRIGGER action_result_counted_insert AFTER INSERT ON action_result REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_result_counted();
CREATE TRIGGER action_result_counted_update AFTER UPDATE ON action_result REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_result_counted();
CREATE TRIGGER action_result_status_begins AFTER INSERT ON action_result FOR EACH ROW WHEN (new.status NOT IN ('draft', 'planned', 'exploring')) EXECUTE FUNCTION action_status_follows();
CREATE TRIGGER action_result_status_follows AFTER DELETE OR UPDATE OF status, country, visibility, centre_id ON action_result FOR EACH ROW EXECUTE FUNCTION action_status_follows();
CREATE TRIGGER action_result_values_follow AFTER INSERT OR DELETE OR UPDATE OF indicator_id, action_id, centre_id, kind, period_id, value, numerator, denominator, code, missing, breakdown, country, visibility, published_at, ended_at ON action_result FOR EACH ROW EXECUTE FUNCTION action_values_follow();

ALTER TABLE action_result ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_result FORCE ROW LEVEL SECURITY;
CREATE POLICY action_result_centre_insert ON action_result FOR INSERT WITH CHECK (centre_id::text = ANY ({setting:write_records}));
CREATE POLICY action_result_centre_read ON action_result FOR SELECT USING (centre_id::text = ANY ({setting:records}));
CREATE POLICY action_result_centre_update ON action_result FOR UPDATE USING (centre_id::text = ANY ({setting:write_records})) WITH CHECK (centre_id::text = ANY ({setting:write_records}));
CREATE POLICY action_result_delete ON action_result FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_result_documents ON action_result FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_result_insert ON action_result FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_result_read ON action_result FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_result_update ON action_result FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_result TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, evidence) ON action_result TO {role:search};
GRANT USAGE ON SEQUENCE action_result_ref_seq TO {role:actions};
