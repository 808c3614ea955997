CREATE TABLE core_dataset_copy (
    service text NOT NULL CHECK (service IN ('membership', 'centres', 'actions')),
    name text NOT NULL,
    day date NOT NULL,
    file_format text NOT NULL CHECK (file_format IN ('csv', 'ndjson', 'xlsx', 'jsonld')),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL CHECK (size >= 0),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (service, name, day, file_format)
);

CREATE INDEX core_dataset_copy_day_idx ON core_dataset_copy (service, day);
CREATE INDEX core_dataset_copy_file_idx ON core_dataset_copy (sha256);

ALTER TABLE core_dataset_copy ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_dataset_copy FORCE ROW LEVEL SECURITY;
CREATE POLICY core_dataset_copy_actions_delete ON core_dataset_copy FOR DELETE TO {role:actions} USING (service = 'actions' AND (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY core_dataset_copy_actions_insert ON core_dataset_copy FOR INSERT TO {role:actions} WITH CHECK (service = 'actions' AND (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY core_dataset_copy_centres_delete ON core_dataset_copy FOR DELETE TO {role:centres} USING (service = 'centres' AND (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY core_dataset_copy_centres_insert ON core_dataset_copy FOR INSERT TO {role:centres} WITH CHECK (service = 'centres' AND (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY core_dataset_copy_membership_delete ON core_dataset_copy FOR DELETE TO {role:membership} USING (service = 'membership' AND (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY core_dataset_copy_membership_insert ON core_dataset_copy FOR INSERT TO {role:membership} WITH CHECK (service = 'membership' AND (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY core_dataset_copy_read ON core_dataset_copy FOR SELECT USING ('public' = ANY ({setting:visibilities}));

GRANT SELECT, INSERT, DELETE ON core_dataset_copy TO {role:membership}, {role:centres}, {role:actions};
