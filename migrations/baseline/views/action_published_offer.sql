CREATE OR REPLACE VIEW action_published_offer AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    request_id,
    expert_id
   FROM action_offer;

GRANT SELECT ON action_published_offer TO {role:access};
