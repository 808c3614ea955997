CREATE OR REPLACE FUNCTION action_report_section_codes_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    report CONSTANT uuid := coalesce(NEW.report_id, OLD.report_id);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('codes of report ' || report, 0));
    DELETE FROM escm.action_tag WHERE id = report;
    INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility)
    SELECT DISTINCT r.id, 'report', one ->> 'scheme', one ->> 'code', r.status, r.country, r.visibility
FROM escm.action_report_section s
    JOIN escm.action_report r ON r.id = s.report_id, jsonb_array_elements(s.codes) one
    WHERE r.id = report;
    RETURN NULL;
END
$$;
