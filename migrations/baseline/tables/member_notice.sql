CREATE SEQUENCE member_notice_ref_seq;

CREATE TABLE member_notice (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('NTC', nextval('member_notice_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'published'),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'public'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    purpose text NOT NULL,
    notice_version text NOT NULL,
    texts jsonb NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT member_notice_purpose_notice_version_key UNIQUE (purpose, notice_version)
);

GRANT SELECT, INSERT, UPDATE ON member_notice TO {role:membership};
GRANT USAGE ON SEQUENCE member_notice_ref_seq TO {role:membership};
