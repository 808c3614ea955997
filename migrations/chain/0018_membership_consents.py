"""Consents of experts and their notices. A consent follows the country of its expert, whoever moves the expert."""

import csv
import json
from pathlib import Path

from alembic import op
from sqlalchemy import text

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import country_scoped, record_columns, reference_numbers, run

revision = "0018_membership_consents"
down_revision = "0017_membership_declarations"

_NOTICES = Path(__file__).with_name("0018_notices.csv")


def upgrade() -> None:
    run(f"""
CREATE TABLE member_consent ({record_columns("given|withdrawn|superseded")}
    expert_id uuid NOT NULL,
    purpose text NOT NULL,
    notice_version text NOT NULL,
    language text NOT NULL,
    proof jsonb NOT NULL
)
--;
CREATE INDEX member_consent_expert_idx ON member_consent (expert_id, purpose)
--;
CREATE INDEX member_consent_country_idx ON member_consent (country, status, id)
--;
ALTER TABLE member_expert ADD COLUMN listing_withdrawn_on date
""")
    reference_numbers("member_consent", "CNS", "membership")
    country_scoped("member_consent", "membership", record="expert_id")
    follow_expert("member_consent")
    notice = text("""
INSERT INTO member_notice (id, version, status, visibility, created_at, created_by, updated_at, updated_by, purpose,
    notice_version, texts, search_key)
VALUES (CAST(:id AS uuid), 1, 'published', 'public', now(), 'system', now(), 'system', :purpose, '2026',
    CAST(:texts AS jsonb), ' ' || replace(:purpose, '_', ' ') || ' 2026 ')
ON CONFLICT (purpose, notice_version) DO NOTHING
""")
    with _NOTICES.open(encoding="utf-8", newline="") as lines:
        for number, texts in enumerate(csv.DictReader(lines), start=0x12):
            key, purpose = f"019b76da-a800-7000-8000-0000000000{number:02x}", texts.pop("purpose")
            op.execute(notice.bindparams(id=key, purpose=purpose, texts=json.dumps(texts)))


def downgrade() -> None:
    unfollow_expert("member_consent")
    run("""
DROP TABLE member_consent
--;
DROP SEQUENCE member_consent_ref_seq
--;
ALTER TABLE member_expert DROP COLUMN listing_withdrawn_on
--;
DELETE FROM member_notice WHERE created_by = 'system' AND purpose <> 'conflict_of_interest'
""")
