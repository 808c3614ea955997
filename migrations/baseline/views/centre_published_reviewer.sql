CREATE OR REPLACE VIEW centre_published_reviewer AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    centre_id,
    centre_names,
    expert_id,
    due,
    conflict_of_interest
   FROM centre_reviewer;

GRANT SELECT ON centre_published_reviewer TO {role:membership}, {role:access};
