"""New versions of a published chapter of a country wait for the country's consent."""

from migrations.rules import grant, run

revision = "0129_actions_consent_to_errata"
down_revision = "0128_access_bound_tokens"

_WORK, _OTHER_WORK = "action_published_work", "action_work_without_errata"


def upgrade() -> None:
    run(f"""
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK}
    UNION ALL
    SELECT 'actions.contributions', c.id, c.ref, c.country, 'consent', NULL::timestamptz, NULL::uuid, c.edition_id,
        NULL::date, NULL
    FROM action_contribution c
    WHERE c.status = 'published' AND c.country IS NOT NULL AND EXISTS (
        SELECT FROM action_version v WHERE v.contribution_id = c.id AND v.language = c.language
            AND v.number > greatest(c.published_version, (c.consent ->> 'version')::integer)
    )
""")
    grant(_WORK, "SELECT", "access")


def downgrade() -> None:
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
""")
