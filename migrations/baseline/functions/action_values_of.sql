CREATE OR REPLACE FUNCTION action_values_of(result action_result) RETURNS TABLE(id uuid, indicator_id uuid, valid_from timestamptz, starts date, ends date, period text, country text, visibility text, key text, part text, valid_to timestamptz, number numeric, numerator numeric, denominator numeric, code text, missing text, action_id uuid, centre_id uuid)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'escm', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    IF result.published_at IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT result.id, result.indicator_id, result.published_at, p.starts, p.ends, p.code, result.country,
        result.visibility, part.key, part.part, result.ended_at,
        coalesce(part.value, action_quotient(
            CASE i.measure WHEN 'percentage' THEN 100 ELSE 1 END * part.numerator, part.denominator)),
        part.numerator, part.denominator, part.code, part.missing, result.action_id, result.centre_id
    FROM action_period p, action_indicator i, (
        SELECT '' AS key, '' AS part, result.value, result.numerator, result.denominator, result.code, result.missing
        UNION ALL
        SELECT dimension.key, dimension.value, (cell ->> 'value')::numeric, (cell ->> 'numerator')::numeric,
            (cell ->> 'denominator')::numeric, NULL, NULL
        FROM jsonb_array_elements(result.breakdown) cell, jsonb_each_text(cell -> 'dimensions') dimension
        WHERE (SELECT count(*) FROM jsonb_object_keys(cell -> 'dimensions')) = 1
    ) part
    WHERE p.id = result.period_id AND i.id = result.indicator_id;
END
$$;
