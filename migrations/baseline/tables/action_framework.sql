CREATE SEQUENCE action_framework_ref_seq;

CREATE TABLE action_framework (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('FWK', nextval('action_framework_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'current'),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'public'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL UNIQUE,
    core jsonb NOT NULL,
    pillars jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    search_key text NOT NULL,
    CONSTRAINT action_framework_check CHECK (valid_to >= valid_from)
);

GRANT SELECT, INSERT, UPDATE ON action_framework TO {role:actions};
GRANT USAGE ON SEQUENCE action_framework_ref_seq TO {role:actions};
