CREATE TABLE core_job (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    job_type text NOT NULL,
    payload jsonb NOT NULL,
    created_by text NOT NULL,
    bulk boolean NOT NULL,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    done integer NOT NULL DEFAULT 0,
    total integer,
    result jsonb,
    result_url text,
    problem jsonb,
    cancel_requested boolean NOT NULL DEFAULT false,
    traceparent text,
    attempts integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    lease_expires_at timestamptz,
    lease_holder text,
    notified boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    error text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    principal text NOT NULL,
    last_taken_at timestamptz
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');

CREATE INDEX core_job_failed_idx ON core_job (id) WHERE (status = 'failed');
CREATE INDEX core_job_principal_idx ON core_job (service, bulk, principal, due_at) WHERE (status = 'queued');
CREATE INDEX core_job_queued_idx ON core_job (service, bulk, due_at) WHERE (status = 'queued');
CREATE INDEX core_job_running_idx ON core_job (lease_expires_at) WHERE (status = 'running');
CREATE INDEX core_job_taken_idx ON core_job (service, bulk, principal, last_taken_at);
CREATE INDEX core_job_unnotified_idx ON core_job (due_at) WHERE (status = 'queued' AND (NOT notified));

GRANT SELECT, INSERT, UPDATE ON core_job TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, DELETE, UPDATE ON core_job TO {role:relay};

COMMENT ON COLUMN core_job.principal IS 'whose share of the workers it takes';
