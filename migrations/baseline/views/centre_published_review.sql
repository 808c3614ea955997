CREATE OR REPLACE VIEW centre_published_review AS
 SELECT id,
    ref,
    version,
    status,
    country,
    visibility,
    reviewer_id,
    created_at
   FROM centre_review;

GRANT SELECT ON centre_published_review TO {role:access}, {role:membership};
