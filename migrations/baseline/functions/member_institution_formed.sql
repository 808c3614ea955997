CREATE OR REPLACE FUNCTION member_institution_formed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO escm.member_institution_form (form, word)
    SELECT DISTINCT CASE WHEN n = 0 THEN word ELSE overlay(word PLACING '' FROM n FOR 1) END, word
    FROM (SELECT DISTINCT value AS word FROM after WHERE kind = 'word') known
        CROSS JOIN LATERAL generate_series(0, CASE WHEN length(word) < 4 THEN 0 ELSE length(word) END) n
    WHERE NOT EXISTS (SELECT FROM escm.member_institution_form f WHERE f.form = word AND f.word = known.word)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
