"""Values have the region of their country, and those of today an index of their own, for sums by region and by period."""

import csv
from pathlib import Path

from migrations.rules import run

revision = "0093_actions_value_regions"
down_revision = "0092_core_retirement"


def upgrade() -> None:
    """The index has values of today in the order in which they are summed, without those of parts and of the past. A
    statistic of it sorts and joins nothing."""
    run(f"""
CREATE FUNCTION action_region(country text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
{_cases()}
        ELSE '' END
$$
--;
COMMENT ON FUNCTION action_region IS 'as shared.kernel.countries; empty without one'
--;
ALTER TABLE action_value ADD COLUMN region text NOT NULL GENERATED ALWAYS AS (action_region(country)) STORED
--;
CREATE INDEX action_value_today_idx ON action_value (indicator_id, period, ends, region, country) INCLUDE (
    visibility, id, number, numerator, denominator, code, missing, action_id, centre_id, starts)
    WHERE key = '' AND valid_to IS NULL
""")


def _cases() -> str:
    """A line for each region of UN M49 with its countries and areas."""
    with Path(__file__).with_name("0093_regions.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(row["region"], row["countries"].replace(" ", ",")) for row in csv.DictReader(lines)]
    return "\n".join(f"        WHEN country = ANY('{{{countries}}}') THEN '{region}'" for region, countries in rows)


def downgrade() -> None:
    run("""
ALTER TABLE action_value DROP COLUMN region
--;
DROP FUNCTION action_region(text)
""")
