"""An import leaves one row for each record that it made, with the children that it was made with; one index finds them."""

from migrations.rules import run

revision = "core_0014"
down_revision = "core_0013"


def upgrade() -> None:
    run("ALTER TABLE core_import_effect ALTER before SET DEFAULT '{}', ADD made_with uuid[] NOT NULL DEFAULT '{}'")
    run(
        "COMMENT ON COLUMN core_import_effect.made_with IS"
        " 'lesser records of version 1 that were made with it and have no row of their own'"
    )
    _identify("import, owner, record")
    run("DROP INDEX core_import_effect_owner_idx")


def downgrade() -> None:
    run("CREATE INDEX core_import_effect_owner_idx ON core_import_effect (import, owner)")
    run(
        "INSERT INTO core_import_effect (import, part, record, owner, created, version, before, is_kept)"
        " SELECT e.import, 'affiliations', each.record, e.owner, true, 1, '{}', e.is_kept"
        " FROM core_import_effect e, unnest(e.made_with) AS each (record) ON CONFLICT DO NOTHING"
    )
    _identify("import, part, record")
    run("ALTER TABLE core_import_effect ALTER before DROP DEFAULT, DROP made_with")


def _identify(columns: str) -> None:
    run(
        "ALTER TABLE core_import_effect DROP CONSTRAINT core_import_effect_pkey,"
        f" ADD CONSTRAINT core_import_effect_pkey PRIMARY KEY ({columns})"
    )
