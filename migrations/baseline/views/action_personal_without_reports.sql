CREATE OR REPLACE VIEW action_personal_without_reports AS
 SELECT action_focal_point.expert_id AS person,
    'focal_points'::text AS part,
    action_focal_point.id,
    jsonb_build_object('id', action_focal_point.id, 'ref', action_focal_point.ref, 'version', action_focal_point.version, 'status', action_focal_point.status, 'country', action_focal_point.country, 'visibility', action_focal_point.visibility, 'created_at', to_char((action_focal_point.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', action_focal_point.created_by, 'updated_at', to_char((action_focal_point.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', action_focal_point.updated_by, 'person', action_focal_point.person, 'expert_id', action_focal_point.expert_id, 'body_id', action_focal_point.body_id, 'role', action_focal_point.role, 'letter', action_focal_point.letter, 'predecessor_id', action_focal_point.predecessor_id, 'starts', action_focal_point.starts, 'ends', action_focal_point.ends) AS record
   FROM action_focal_point
  WHERE (action_focal_point.expert_id IS NOT NULL)
UNION ALL
 SELECT action_offer.expert_id AS person,
    'offers'::text AS part,
    action_offer.id,
    jsonb_build_object('id', action_offer.id, 'ref', action_offer.ref, 'version', action_offer.version, 'status', action_offer.status, 'country', action_offer.country, 'visibility', action_offer.visibility, 'created_at', to_char((action_offer.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', action_offer.created_by, 'updated_at', to_char((action_offer.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', action_offer.updated_by, 'request_id', action_offer.request_id, 'expert_id', action_offer.expert_id, 'message', action_offer.message, 'respond_by', action_offer.respond_by, 'accepted_on', action_offer.accepted_on) AS record
   FROM action_offer;

GRANT SELECT ON action_personal_without_reports TO {role:membership};
