CREATE OR REPLACE VIEW centre_published_decision AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    meeting_id,
    committee_id,
    recused,
    decided_on,
    (((((votes ->> 'for'::text))::integer + ((votes ->> 'against'::text))::integer) + ((votes ->> 'abstain'::text))::integer) + cardinality(recused)) AS counted
   FROM centre_decision;

GRANT SELECT ON centre_published_decision TO {role:centres};
