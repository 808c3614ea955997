"""Mappings between codes of classification schemes, and an index of the codes of a country's actions."""

from migrations.rules import grant, run, setting

revision = "0045_actions_mappings"
down_revision = "0044_actions_results"

_HAS_CONTEXT = " OR ".join(f"cardinality({setting(name)}) > 0" for name in ("visibilities", "countries", "records"))
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_scheme_mapping (
    scheme text NOT NULL,
    code text NOT NULL,
    to_scheme text NOT NULL,
    to_code text NOT NULL,
    relation text NOT NULL CHECK (relation IN ('exact', 'close', 'broad', 'narrow', 'related')),
    source jsonb,
    PRIMARY KEY (scheme, code, to_scheme, to_code)
)
--;
CREATE INDEX action_scheme_mapping_to_idx ON action_scheme_mapping (to_scheme, to_code)
--;
ALTER TABLE action_scheme_mapping ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_scheme_mapping FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_scheme_mapping_read ON action_scheme_mapping FOR SELECT USING ({_HAS_CONTEXT})
--;
CREATE POLICY action_scheme_mapping_insert ON action_scheme_mapping FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY action_scheme_mapping_update ON action_scheme_mapping FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
""")
    grant("action_scheme_mapping", "SELECT, INSERT, UPDATE", "actions")
    run("CREATE INDEX action_tag_country_idx ON action_tag (country, scheme, code, id)")


def downgrade() -> None:
    run("""
DROP INDEX action_tag_country_idx
--;
DROP TABLE action_scheme_mapping
""")
