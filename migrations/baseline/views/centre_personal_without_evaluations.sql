CREATE OR REPLACE VIEW centre_personal_without_evaluations AS
 SELECT p.person,
    p.part,
    p.id,
        CASE
            WHEN (s.id IS NULL) THEN p.record
            ELSE (p.record || jsonb_build_object('reason', s.reason, 'term', s.term, 'rotation_due', s.rotation_due))
        END AS record
   FROM (centre_personal_without_terms p
     LEFT JOIN centre_seat s ON (((p.part = 'seats'::text) AND (s.id = p.id))));

GRANT SELECT ON centre_personal_without_evaluations TO {role:membership};
