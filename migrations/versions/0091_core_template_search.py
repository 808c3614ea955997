"""The search key of templates of reports, by which lists find words of their titles."""

from migrations.rules import run

revision = "0091_core_template_search"
down_revision = "0090_actions_scheme_indicators"

_TABLES = ("centre_report_template", "action_report_template")
_FOLDED = r"""
SELECT string_agg(regexp_replace(regexp_replace(normalize(lower(title), NFKD), '[\u0300-\u036f\u064b-\u065f]', '', 'g'),
    '\W+', ' ', 'g'), ' ') FROM jsonb_each_text(titles) AS t (language, title)
"""


def upgrade() -> None:
    run(
        "SET LOCAL escm.visibilities = 'public,network,restricted'\n--;\nSET LOCAL escm.write_everywhere = 'on'\n--;\n"
        + "\n--;\n".join(
            f"ALTER TABLE {table} ADD COLUMN search_key text NOT NULL DEFAULT ''\n--;\n"
            f"UPDATE {table} SET search_key = ' ' || ({_FOLDED}) || ' '"
            for table in _TABLES
        )
    )


def downgrade() -> None:
    run("\n--;\n".join(f"ALTER TABLE {table} DROP COLUMN search_key" for table in _TABLES))
