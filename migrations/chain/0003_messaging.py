"""Facts and jobs: the outbox, the feed, what each consumer was handed, and who holds which lease."""

from migrations.rules import grant, run

revision = "0003_messaging"
down_revision = "0002_audit"

_SERVICES = ("membership", "centres", "actions", "access")

_FACT = """
    fact uuid NOT NULL,
    type text NOT NULL,
    time timestamptz NOT NULL,
    subject uuid NOT NULL,
    ref text NOT NULL,
    version integer NOT NULL,
    country text,
    visibility text,
    link text NOT NULL,
    traceparent text,
    bulk boolean NOT NULL"""

_LEASE = """
    attempts integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    lease_expires_at timestamptz,
    lease_holder text,
    notified boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    error text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz"""

_QUEUE = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0"


def upgrade() -> None:
    _facts()
    _batches()
    _jobs()


def _facts() -> None:
    """`country_left` is the country that a record left, which hears of it too."""
    run(f"""
CREATE TABLE core_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,{_FACT},
    country_left text
) WITH ({_QUEUE})
--;
CREATE TABLE core_fact (
    position bigint PRIMARY KEY,{_FACT},
    sequenced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    country_left text
)
--;
CREATE TABLE core_lease (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    fence bigint NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    position bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50)
--;
COMMENT ON COLUMN core_lease.position IS 'the last position of core_fact that holders of the lease have given'
--;
CREATE VIEW core_feed_ends AS
SELECT coalesce((SELECT min(f.position) FROM core_fact f), given.head + 1) AS oldest, given.head
FROM (SELECT coalesce(max(l.position), 0) AS head FROM core_lease l WHERE l.name = 'relay') given
""")
    grant("core_outbox", "INSERT", *_SERVICES)
    grant("core_outbox", "SELECT, DELETE", "relay")
    grant("core_fact", "SELECT", *_SERVICES)
    grant("core_fact", "SELECT, INSERT, DELETE", "relay")
    grant("core_lease", "SELECT, INSERT, UPDATE", "relay")
    grant("core_feed_ends", "SELECT", "access")


def _batches() -> None:
    run(f"""
CREATE TABLE core_consumer (
    service text NOT NULL,
    bulk boolean NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, bulk)
) WITH (fillfactor = 50)
--;
CREATE TABLE core_subscription (
    service text NOT NULL,
    pattern text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, pattern)
) WITH (fillfactor = 50)
--;
CREATE TABLE core_batch (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    service text NOT NULL,
    bulk boolean NOT NULL,
    positions bigint[] NOT NULL,
    patterns text[] NOT NULL,
    status text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'split')),{_LEASE}
) WITH ({_QUEUE})
--;
CREATE INDEX core_batch_queued_idx ON core_batch (service, bulk, id) WHERE status = 'queued'
--;
CREATE INDEX core_batch_running_idx ON core_batch (lease_expires_at) WHERE status = 'running'
--;
CREATE INDEX core_batch_unnotified_idx ON core_batch (due_at) WHERE status = 'queued' AND NOT notified
--;
CREATE INDEX core_batch_failed_idx ON core_batch (id) WHERE status = 'failed'
--;
CREATE TABLE core_inbox (
    fact uuid NOT NULL,
    reaction text NOT NULL,
    PRIMARY KEY (fact, reaction)
)
""")
    grant("core_consumer", "SELECT, INSERT, UPDATE", *_SERVICES)
    grant("core_consumer", "SELECT, UPDATE", "relay")
    grant("core_subscription", "SELECT, INSERT, UPDATE", *_SERVICES)
    grant("core_subscription", "SELECT, DELETE", "relay")
    grant("core_batch", "SELECT, UPDATE", *_SERVICES)
    grant("core_batch", "SELECT, INSERT, UPDATE, DELETE", "relay")
    grant("core_inbox", "SELECT, INSERT", *_SERVICES)
    grant("core_inbox", "SELECT, DELETE", "relay")


def _jobs() -> None:
    """Workers take the jobs of different principals in turn."""
    run(f"""
CREATE TABLE core_job (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    job_type text NOT NULL,
    payload jsonb NOT NULL,
    created_by text NOT NULL,
    bulk boolean NOT NULL,
    status text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    done integer NOT NULL DEFAULT 0,
    total integer,
    result jsonb,
    result_url text,
    problem jsonb,
    cancel_requested boolean NOT NULL DEFAULT false,
    traceparent text,{_LEASE},
    principal text NOT NULL,
    last_taken_at timestamptz
) WITH ({_QUEUE})
--;
COMMENT ON COLUMN core_job.principal IS 'whose share of the workers it takes'
--;
CREATE INDEX core_job_queued_idx ON core_job (service, bulk, due_at) WHERE status = 'queued'
--;
CREATE INDEX core_job_principal_idx ON core_job (service, bulk, principal, due_at) WHERE status = 'queued'
--;
CREATE INDEX core_job_taken_idx ON core_job (service, bulk, principal, last_taken_at)
--;
CREATE INDEX core_job_running_idx ON core_job (lease_expires_at) WHERE status = 'running'
--;
CREATE INDEX core_job_unnotified_idx ON core_job (due_at) WHERE status = 'queued' AND NOT notified
--;
CREATE INDEX core_job_failed_idx ON core_job (id) WHERE status = 'failed'
--;
CREATE TABLE core_schedule (
    name text NOT NULL,
    tick timestamptz NOT NULL,
    job uuid NOT NULL,
    PRIMARY KEY (name, tick)
)
""")
    grant("core_job", "SELECT, INSERT, UPDATE", *_SERVICES)
    grant("core_job", "SELECT, UPDATE, DELETE", "relay")
    grant("core_schedule", "SELECT, INSERT", *_SERVICES)
    grant("core_schedule", "SELECT, DELETE", "relay")


def downgrade() -> None:
    run("""
DROP VIEW core_feed_ends
--;
DROP TABLE core_schedule, core_job, core_inbox, core_batch, core_subscription, core_consumer, core_lease, core_fact,
    core_outbox
""")
