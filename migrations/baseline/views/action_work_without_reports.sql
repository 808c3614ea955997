CREATE OR REPLACE VIEW action_work_without_reports AS
 SELECT 'actions.programmes'::text AS resource,
    action_programme.id,
    action_programme.ref,
    action_programme.country,
    'approve'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM action_programme
  WHERE (action_programme.status = 'plan_review'::text)
UNION ALL
 SELECT 'actions.actions'::text AS resource,
    action_action.id,
    action_action.ref,
    action_action.country,
    'approve'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM action_action
  WHERE (action_action.status = 'proposed'::text)
UNION ALL
 SELECT 'actions.milestones'::text AS resource,
    action_milestone.id,
    action_milestone.ref,
    action_milestone.country,
    'verify'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM action_milestone
  WHERE (action_milestone.status = 'claimed'::text)
UNION ALL
 SELECT 'actions.endorsements'::text AS resource,
    action_endorsement.id,
    action_endorsement.ref,
    action_endorsement.country,
    'verify'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM action_endorsement
  WHERE (action_endorsement.status = 'claimed'::text)
UNION ALL
 SELECT 'actions.focal_points'::text AS resource,
    action_focal_point.id,
    action_focal_point.ref,
    action_focal_point.country,
    'accept'::text AS verb,
    NULL::timestamp with time zone AS due,
    NULL::uuid AS account_id
   FROM action_focal_point
  WHERE (action_focal_point.status = 'nominated'::text)
UNION ALL
 SELECT 'actions.support_requests'::text AS resource,
    action_support_request.id,
    action_support_request.ref,
    action_support_request.country,
        CASE action_support_request.status
            WHEN 'submitted'::text THEN 'accept'::text
            WHEN 'matching'::text THEN 'start'::text
            WHEN 'delivered'::text THEN 'confirm'::text
            ELSE 'submit'::text
        END AS verb,
        CASE
            WHEN (action_support_request.status <> 'draft'::text) THEN action_support_request.clock_target
            ELSE NULL::timestamp with time zone
        END AS due,
    NULL::uuid AS account_id
   FROM action_support_request
  WHERE ((action_support_request.status = ANY (ARRAY['submitted'::text, 'delivered'::text])) OR ((action_support_request.status = 'matching'::text) AND (action_support_request.clock_holder = 'secretariat'::text)) OR ((action_support_request.status = 'draft'::text) AND (action_support_request.clock_target IS NOT NULL)))
UNION ALL
 SELECT 'actions.offers'::text AS resource,
    o.id,
    o.ref,
    o.country,
        CASE o.status
            WHEN 'offered'::text THEN 'accept'::text
            ELSE 'deliver'::text
        END AS verb,
        CASE o.status
            WHEN 'offered'::text THEN ((o.respond_by + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text)
            ELSE r.clock_target
        END AS due,
    e.account_id
   FROM ((action_offer o
     JOIN action_support_request r ON ((r.id = o.request_id)))
     JOIN member_published_expert e ON ((e.id = o.expert_id)))
  WHERE ((e.account_id IS NOT NULL) AND ((o.status = 'offered'::text) OR ((o.status = 'confirmed'::text) AND (r.status = 'in_delivery'::text))))
UNION ALL
 SELECT 'actions.offers'::text AS resource,
    o.id,
    o.ref,
    o.country,
    'confirm'::text AS verb,
    r.clock_target AS due,
    NULL::uuid AS account_id
   FROM (action_offer o
     JOIN action_support_request r ON ((r.id = o.request_id)))
  WHERE (o.status = 'accepted'::text);

GRANT SELECT ON action_work_without_reports TO {role:access};
