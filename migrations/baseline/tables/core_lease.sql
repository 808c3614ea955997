CREATE TABLE core_lease (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    fence bigint NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    "position" bigint NOT NULL DEFAULT 0
)
WITH (fillfactor='50');

GRANT SELECT, INSERT, UPDATE ON core_lease TO {role:relay};

COMMENT ON COLUMN core_lease."position" IS 'the last position of core_fact that holders of the lease have given';
