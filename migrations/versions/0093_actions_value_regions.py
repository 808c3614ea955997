"""Values have the region of their country, and those of today an index of their own, for sums by region and by period."""

from migrations.rules import run

revision = "0093_actions_value_regions"
down_revision = "0092_core_retirement"

_REGIONS = {
    "Africa": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR MU MW MZ"
    " NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW",
    "Americas": "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM KN KY LC"
    " MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI",
    "Asia": "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH"
    " PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    "Europe": "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK"
    " MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA",
    "Oceania": "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
}
"""The countries and areas of each region of UN M49."""
_REGION = "\n".join(
    f"        WHEN country = ANY('{{{codes.replace(' ', ',')}}}') THEN '{region}'" for region, codes in _REGIONS.items()
)


def upgrade() -> None:
    """The index has values of today in the order in which they are summed, without those of parts and of the past. A
    statistic of it sorts and joins nothing."""
    run(f"""
CREATE FUNCTION action_region(country text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
{_REGION}
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


def downgrade() -> None:
    run("""
ALTER TABLE action_value DROP COLUMN region
--;
DROP FUNCTION action_region(text)
""")
