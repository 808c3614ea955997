"""Certificates of support say under which name an initiative was signed, not who supports it."""

import csv
import json
from pathlib import Path

from alembic import op
from sqlalchemy import text

from migrations.rules import run

revision = "0095_membership_support_wording"
down_revision = "0094_actions_support_holders"

_WORDING = Path(__file__).with_name("0095_support_wording.csv")
_FIRST, _ID = "019b76da-a800-7000-8000-000000000041", "019b76da-a800-7000-8000-000000000047"
_EVERYWHERE = """
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
"""


def upgrade() -> None:
    """Wording that an administrator has put in force stays."""
    run(_EVERYWHERE)
    with _WORDING.open(encoding="utf-8", newline="") as lines:
        bodies = {line.pop("part"): line for line in csv.DictReader(lines)}["body"]
    template = text("""
WITH superseded AS (
    UPDATE member_certificate_template
    SET status = 'retired', version = version + 1, updated_at = now(), updated_by = 'system'
    WHERE id = CAST(:first AS uuid) AND status = 'active' RETURNING titles, signatory
)
INSERT INTO member_certificate_template (id, version, status, visibility, created_at, created_by, updated_at,
    updated_by, kind, titles, bodies, signatory)
SELECT CAST(:id AS uuid), 1, 'draft', 'restricted', now(), 'system', now(), 'system', 'support', titles,
    CAST(:bodies AS jsonb), signatory
FROM superseded
""")
    op.execute(template.bindparams(first=_FIRST, id=_ID, bodies=json.dumps(bodies, ensure_ascii=False)))
    run(f"UPDATE member_certificate_template SET status = 'active' WHERE id = '{_ID}'")


def downgrade() -> None:
    run(f"""
{_EVERYWHERE}
--;
DELETE FROM member_certificate_template WHERE id = '{_ID}'
--;
UPDATE member_certificate_template SET status = 'active' WHERE id = '{_FIRST}'
    AND NOT EXISTS (SELECT FROM member_certificate_template WHERE kind = 'support' AND status = 'active')
""")
