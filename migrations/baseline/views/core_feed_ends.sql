CREATE OR REPLACE VIEW core_feed_ends AS
 SELECT COALESCE(( SELECT min(f."position") AS min
           FROM core_fact f), (head + 1)) AS oldest,
    head
   FROM ( SELECT COALESCE(max(l."position"), (0)::bigint) AS head
           FROM core_lease l
          WHERE (l.name = 'relay'::text)) given;

GRANT SELECT ON core_feed_ends TO {role:access};
