"""The indicators of the shipped schemes of the SDGs and the biodiversity framework, after their goals and targets."""

import csv
import json
from pathlib import Path

from alembic import op
from sqlalchemy import text

from migrations.rules import run

revision = "0090_actions_scheme_indicators"
down_revision = "0089_actions_evidence_codes"

_EVERYWHERE = """
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
"""
_SHIPPED = "SELECT id FROM action_scheme WHERE (code, edition) IN (('sdg', '2015'), ('gbf', '2022'))"


def upgrade() -> None:
    run(_EVERYWHERE)
    insert = text("""
INSERT INTO action_scheme_code (scheme_id, code, parent, kind, titles, position)
SELECT s.id, r.code, r.parent, 'indicator', jsonb_build_object('en', r.title), s.code_count + r.n - 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r (scheme text, edition text, code text, parent text, title text, n integer)
    JOIN action_scheme s ON s.code = r.scheme AND s.edition = r.edition
""")
    op.execute(insert.bindparams(rows=json.dumps(_rows())))
    _count()


def _rows() -> list[dict[str, str | int]]:
    with Path(__file__).with_name("0090_scheme_indicators.csv").open(encoding="utf-8", newline="") as lines:
        return [{**line, "n": n} for n, line in enumerate(csv.DictReader(lines), start=1)]


def _count() -> None:
    run(f"""
UPDATE action_scheme s SET code_count = (SELECT count(*) FROM action_scheme_code c WHERE c.scheme_id = s.id)
WHERE id IN ({_SHIPPED})
""")


def downgrade() -> None:
    run(_EVERYWHERE)
    run(f"""
ALTER TABLE action_scheme_code NO FORCE ROW LEVEL SECURITY
--;
DELETE FROM action_scheme_code WHERE kind = 'indicator' AND scheme_id IN ({_SHIPPED})
--;
ALTER TABLE action_scheme_code FORCE ROW LEVEL SECURITY
""")
    _count()
