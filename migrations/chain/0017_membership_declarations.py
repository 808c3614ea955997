"""Notices, and declarations of interests. A declaration follows the country of its expert, whoever moves the expert."""

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import (
    country_scoped,
    grant,
    record_columns,
    reference_moves,
    reference_numbers,
    role,
    run,
)

revision = "0017_membership_declarations"
down_revision = "0016_core_mail_tokens"


def upgrade() -> None:
    _notices()
    run(f"""
CREATE TABLE member_declaration ({record_columns("draft|signed|cleared|managed|excluded|superseded")}
    expert_id uuid NOT NULL,
    year integer NOT NULL,
    notice_version text NOT NULL,
    interests jsonb NOT NULL,
    signed_on date
)
--;
CREATE INDEX member_declaration_expert_idx ON member_declaration (expert_id, year)
--;
CREATE INDEX member_declaration_country_idx ON member_declaration (country, status, id)
""")
    reference_numbers("member_declaration", "DEC", "membership")
    country_scoped("member_declaration", "membership", record="expert_id")
    reference_moves("member", "membership")
    grant("member_published_expert", "SELECT", "membership")
    follow_expert("member_declaration")


def _notices() -> None:
    run("""
CREATE TABLE member_notice (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('published')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'public'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    purpose text NOT NULL,
    notice_version text NOT NULL,
    texts jsonb NOT NULL,
    search_key text NOT NULL,
    UNIQUE (purpose, notice_version)
)
""")
    reference_numbers("member_notice", "NTC", "membership")
    grant("member_notice", "SELECT, INSERT, UPDATE", "membership")
    run("""
INSERT INTO member_notice (id, version, status, visibility, created_at, created_by, updated_at, updated_by, purpose,
    notice_version, texts, search_key)
VALUES ('019b76da-a800-7000-8000-000000000011', 1, 'published', 'public', now(), 'system', now(), 'system',
    'conflict_of_interest', '2026', '{
        "en": "I have declared every employment, funding, office and family tie that could influence my work for the ESCM Plan in this year, and I will declare any change.",
        "fr": "J’ai déclaré tout emploi, financement, fonction ou lien familial qui pourrait influencer mon travail pour le plan ESCM cette année, et je déclarerai tout changement.",
        "es": "He declarado todo empleo, financiación, cargo o vínculo familiar que pudiera influir en mi trabajo para el plan ESCM este año, y declararé cualquier cambio.",
        "ar": "لقد أعلنتُ كل وظيفة أو تمويل أو منصب أو صلة عائلية قد تؤثر في عملي لخطة ESCM هذا العام، وسأعلن أي تغيير.",
        "zh": "我已申报今年可能影响我在 ESCM 计划中工作的所有雇佣、资助、职务和家庭关系，如有变化将予以申报。",
        "ru": "Я указал(а) все должности, источники финансирования, посты и родственные связи, которые могут повлиять на мою работу для плана ESCM в этом году, и сообщу о любых изменениях."
    }', ' conflict_of_interest 2026 ')
""")


def downgrade() -> None:
    unfollow_expert("member_declaration")
    run(f"""
REVOKE SELECT ON member_published_expert FROM {role("membership")}
--;
DROP TABLE member_reference_move, member_declaration, member_notice
--;
DROP SEQUENCE member_declaration_ref_seq, member_notice_ref_seq
""")
