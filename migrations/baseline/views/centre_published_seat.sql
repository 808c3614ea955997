CREATE OR REPLACE VIEW centre_published_seat AS
 SELECT id,
    ref,
    version,
    committee_id,
    country,
    status,
    visibility,
    expert_id,
    office,
    starts,
    ends
   FROM centre_seat;

GRANT SELECT ON centre_published_seat TO {role:membership}, {role:actions}, {role:access};
