CREATE OR REPLACE FUNCTION action_quotient(dividend numeric, divisor numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT trim_scale(0.000000000001 * (whole + CASE
        WHEN 2 * abs(rest) > abs(divisor) OR 2 * abs(rest) = abs(divisor) AND whole % 2 <> 0
        THEN sign(dividend) * sign(divisor) ELSE 0 END))
    FROM (SELECT div(dividend * 1000000000000, divisor) AS whole) truncated,
        LATERAL (SELECT dividend * 1000000000000 - whole * divisor AS rest) remainder
$$;

COMMENT ON FUNCTION action_quotient(dividend numeric, divisor numeric) IS 'half-even to 12 places, without trailing zeros, as shared.kernel.decimals';
