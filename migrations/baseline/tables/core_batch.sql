CREATE TABLE core_batch (
    id uuid DEFAULT uuidv7() PRIMARY KEY,
    service text NOT NULL,
    bulk boolean NOT NULL,
    positions bigint[] NOT NULL,
    patterns text[] NOT NULL,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'split')),
    attempts integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    lease_expires_at timestamptz,
    lease_holder text,
    notified boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    error text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');

CREATE INDEX core_batch_failed_idx ON core_batch (id) WHERE (status = 'failed');
CREATE INDEX core_batch_queued_idx ON core_batch (service, bulk, id) WHERE (status = 'queued');
CREATE INDEX core_batch_running_idx ON core_batch (lease_expires_at) WHERE (status = 'running');
CREATE INDEX core_batch_unnotified_idx ON core_batch (due_at) WHERE (status = 'queued' AND (NOT notified));

GRANT SELECT, UPDATE ON core_batch TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, INSERT, UPDATE, DELETE ON core_batch TO {role:relay};
