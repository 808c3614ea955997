CREATE OR REPLACE VIEW action_published_focal_point AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    expert_id,
    starts,
    ends
   FROM action_focal_point;

GRANT SELECT ON action_published_focal_point TO {role:membership}, {role:centres}, {role:access};
