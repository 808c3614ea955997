"""What membership reads of progress reports, and the wording of certificates of authorship."""

import csv
import json
from pathlib import Path

from alembic import op
from sqlalchemy import text

from migrations.rules import grant, run

revision = "0076_membership_authorships"
down_revision = "0075_actions_open_data"

_VIEW = "action_published_report"
_COLUMNS = "id, ref, version, country, status, visibility, programme_id, period_id, expert_ids"
_WORDING = Path(__file__).with_name("0076_authorship_wording.csv")
_ID = "019b76da-a800-7000-8000-000000000046"


def upgrade() -> None:
    """Wording that an administrator has put in force stays."""
    run(f"""
CREATE OR REPLACE VIEW {_VIEW} AS
    SELECT r.{_COLUMNS.replace(", ", ", r.")}, p.code AS period
    FROM action_report r LEFT JOIN action_period p ON p.id = r.period_id
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
""")
    grant(_VIEW, "SELECT", "membership")
    template = text("""
INSERT INTO member_certificate_template (id, version, status, visibility, created_at, created_by, updated_at,
    updated_by, kind, titles, bodies, signatory)
SELECT CAST(:id AS uuid), 1, 'active', 'restricted', now(), 'system', now(), 'system', 'authorship',
    CAST(:titles AS jsonb), CAST(:bodies AS jsonb), CAST(:signatory AS jsonb)
WHERE NOT EXISTS (SELECT FROM member_certificate_template WHERE kind = 'authorship' AND status = 'active')
""")
    with _WORDING.open(encoding="utf-8", newline="") as lines:
        wording = {line.pop("part"): line for line in csv.DictReader(lines)}
    signatory = {"name": None, "offices": wording["office"]}
    parts = {"titles": wording["title"], "bodies": wording["body"], "signatory": signatory}
    written = {name: json.dumps(part, ensure_ascii=False) for name, part in parts.items()}
    op.execute(template.bindparams(id=_ID, **written))


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DELETE FROM member_certificate_template WHERE id = '{_ID}'
--;
DROP VIEW {_VIEW}
--;
CREATE VIEW {_VIEW} AS SELECT {_COLUMNS} FROM action_report
""")
    grant(_VIEW, "SELECT", "access")
