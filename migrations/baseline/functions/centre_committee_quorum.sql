CREATE OR REPLACE FUNCTION centre_committee_quorum(committee uuid, day date) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
    SELECT CASE WHEN c.quorum IS NULL THEN filled.seats / 2 + 1
        ELSE greatest(1, (filled.seats * c.quorum + 99) / 100) END
    FROM centre_committee c, LATERAL (
        SELECT count(*)::integer AS seats FROM centre_seat s
        WHERE s.committee_id = c.id AND (s.starts IS NULL OR centre_first_day(s.starts) <= day)
            AND CASE s.status WHEN 'ended' THEN day < centre_first_day(s.ends)
                ELSE s.ends IS NULL OR day <= centre_last_day(s.ends) END
    ) filled
    WHERE c.id = committee
$$;

REVOKE ALL ON FUNCTION centre_committee_quorum(committee uuid, day date) FROM PUBLIC;
GRANT ALL ON FUNCTION centre_committee_quorum(uuid, date) TO {role:centres};
