"""The wording of certificates, with a template in force for each kind that is issued; and the printed files, which only
work of the whole installation reads."""

import csv
import json
from pathlib import Path

from alembic import op
from sqlalchemy import text

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run, setting

revision = "0031_membership_templates"
down_revision = "0030_membership_certificates"

_WORDING = Path(__file__).with_name("0031_certificate_wording.csv")
_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"
_VISIBILITIES = "IN ('public', 'network', 'restricted')"
_READS = f"'restricted' = ANY({setting('visibilities')})"
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    columns = record_columns("draft|active|retired").replace(_COUNTRY, "country text CHECK (country IS NULL)")
    run(f"""
CREATE TABLE member_certificate_template ({columns.replace(_VISIBILITIES, "= 'restricted'")}
    kind text NOT NULL
        CHECK (kind IN ('support', 'membership', 'designation', 'review', 'participation', 'authorship')),
    titles jsonb NOT NULL,
    bodies jsonb NOT NULL,
    signatory jsonb
)
--;
CREATE UNIQUE INDEX member_certificate_template_active_idx ON member_certificate_template (kind)
    WHERE status = 'active'
--;
CREATE TABLE member_certificate_file (
    certificate_id uuid NOT NULL REFERENCES member_certificate (id),
    language text NOT NULL,
    sha256 text NOT NULL,
    size integer NOT NULL,
    printed_at timestamptz NOT NULL,
    PRIMARY KEY (certificate_id, language)
)
--;
ALTER TABLE member_certificate_file ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE member_certificate_file FORCE ROW LEVEL SECURITY
--;
CREATE POLICY member_certificate_file_read ON member_certificate_file FOR SELECT USING ({_READS})
--;
CREATE POLICY member_certificate_file_insert ON member_certificate_file FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY member_certificate_file_update ON member_certificate_file FOR UPDATE
    USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY member_certificate_file_delete ON member_certificate_file FOR DELETE USING ({_WRITES})
""")
    grant("member_certificate_file", "SELECT, INSERT, UPDATE, DELETE", "membership")
    reference_numbers("member_certificate_template", "TPL", "membership")
    country_scoped("member_certificate_template", "membership")
    template = text("""
INSERT INTO member_certificate_template (id, version, status, visibility, created_at, created_by, updated_at,
    updated_by, kind, titles, bodies, signatory)
VALUES (CAST(:id AS uuid), 1, 'active', 'restricted', now(), 'system', now(), 'system', :kind,
    CAST(:titles AS jsonb), CAST(:bodies AS jsonb), CAST(:signatory AS jsonb))
""")
    op.execute("SET LOCAL escm.write_everywhere = 'on'")
    with _WORDING.open(encoding="utf-8", newline="") as lines:
        wording = {(line.pop("kind"), line.pop("part")): line for line in csv.DictReader(lines)}
    signatory = {"name": None, "offices": wording.pop(("", "office"))}
    kinds = list(dict.fromkeys(kind for kind, _ in wording))
    for number, kind in enumerate(kinds, start=0x41):
        op.execute(
            template.bindparams(
                id=f"019b76da-a800-7000-8000-0000000000{number:02x}",
                kind=kind,
                titles=json.dumps(wording[kind, "title"], ensure_ascii=False),
                bodies=json.dumps(wording[kind, "body"], ensure_ascii=False),
                signatory=json.dumps(signatory, ensure_ascii=False),
            )
        )


def downgrade() -> None:
    run("""
DROP TABLE member_certificate_file, member_certificate_template
--;
DROP SEQUENCE member_certificate_template_ref_seq
""")
