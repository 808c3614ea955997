CREATE OR REPLACE VIEW centre_personal_without_terms AS
 SELECT centre_seat.expert_id AS person,
    'seats'::text AS part,
    centre_seat.id,
    jsonb_build_object('id', centre_seat.id, 'ref', centre_seat.ref, 'version', centre_seat.version, 'status', centre_seat.status, 'country', centre_seat.country, 'visibility', centre_seat.visibility, 'created_at', to_char((centre_seat.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', centre_seat.created_by, 'updated_at', to_char((centre_seat.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', centre_seat.updated_by, 'committee_id', centre_seat.committee_id, 'expert_id', centre_seat.expert_id, 'office', centre_seat.office, 'starts', centre_seat.starts, 'ends', centre_seat.ends) AS record
   FROM centre_seat
  WHERE (centre_seat.expert_id IS NOT NULL)
UNION ALL
 SELECT centre_review.reviewer_id AS person,
    'reviews'::text AS part,
    centre_review.id,
    jsonb_build_object('id', centre_review.id, 'ref', centre_review.ref, 'version', centre_review.version, 'status', centre_review.status, 'country', centre_review.country, 'visibility', centre_review.visibility, 'created_at', to_char((centre_review.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', centre_review.created_by, 'updated_at', to_char((centre_review.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', centre_review.updated_by, 'centre_id', centre_review.centre_id, 'reviewer_id', centre_review.reviewer_id, 'scores', centre_review.scores, 'recommendation', centre_review.recommendation, 'conflict_of_interest', centre_review.conflict_of_interest, 'comment', centre_review.comment) AS record
   FROM centre_review
UNION ALL
 SELECT centre_reviewer.expert_id AS person,
    'reviewers'::text AS part,
    centre_reviewer.id,
    jsonb_build_object('id', centre_reviewer.id, 'ref', centre_reviewer.ref, 'version', centre_reviewer.version, 'status', centre_reviewer.status, 'country', centre_reviewer.country, 'visibility', centre_reviewer.visibility, 'created_at', to_char((centre_reviewer.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', centre_reviewer.created_by, 'updated_at', to_char((centre_reviewer.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', centre_reviewer.updated_by, 'centre_id', centre_reviewer.centre_id, 'centre_names', centre_reviewer.centre_names, 'expert_id', centre_reviewer.expert_id, 'due', centre_reviewer.due, 'conflict_of_interest', centre_reviewer.conflict_of_interest, 'conflict', centre_reviewer.conflict, 'replaced_by', centre_reviewer.replaced_by) AS record
   FROM centre_reviewer
UNION ALL
 SELECT centre_centre.director_id AS person,
    'directed_centres'::text AS part,
    NULL::uuid AS id,
    jsonb_build_object('id', centre_centre.id, 'ref', centre_centre.ref, 'status', centre_centre.status, 'country', centre_centre.country, 'names', centre_centre.names, 'director_id', centre_centre.director_id) AS record
   FROM centre_centre
  WHERE (centre_centre.director_id IS NOT NULL)
UNION ALL
 SELECT ((centre_register_entry.shown ->> 'director_id'::text))::uuid AS person,
    'register_entries'::text AS part,
    NULL::uuid AS id,
    jsonb_build_object('registration_number', centre_register_entry.registration_number, 'country', centre_register_entry.country, 'status', centre_register_entry.status, 'recorded_on', centre_register_entry.recorded_on, 'shown', centre_register_entry.shown) AS record
   FROM centre_register_entry
  WHERE ((centre_register_entry.shown ->> 'director_id'::text) IS NOT NULL)
UNION ALL
 SELECT centre_network.coordinator_id AS person,
    'coordinated_networks'::text AS part,
    NULL::uuid AS id,
    jsonb_build_object('id', centre_network.id, 'ref', centre_network.ref, 'status', centre_network.status, 'code', centre_network.code, 'titles', centre_network.titles, 'coordinator_id', centre_network.coordinator_id) AS record
   FROM centre_network
  WHERE (centre_network.coordinator_id IS NOT NULL)
UNION ALL
 SELECT centre_tenure.director_id AS person,
    'former_directors'::text AS part,
    centre_tenure.id,
    jsonb_build_object('centre_id', centre_tenure.centre_id, 'country', centre_tenure.country, 'director_id', centre_tenure.director_id, 'starts', centre_tenure.starts, 'ends', centre_tenure.ends) AS record
   FROM centre_tenure
  WHERE (centre_tenure.director_id IS NOT NULL);

GRANT SELECT ON centre_personal_without_terms TO {role:membership};
