CREATE TABLE member_merge_part (
    id uuid PRIMARY KEY,
    merge_id uuid NOT NULL REFERENCES member_merge (id),
    part text NOT NULL CHECK (part IN ('field', 'moved', 'united', 'identity')),
    record_id uuid NOT NULL,
    detail bytea NOT NULL,
    detail_key uuid
);

CREATE INDEX member_merge_part_merge_idx ON member_merge_part (merge_id);

GRANT SELECT, INSERT, DELETE ON member_merge_part TO {role:membership};

COMMENT ON TABLE member_merge_part IS 'what a merge changed, for taking it back; what describes a person is encrypted with a key of that person';
