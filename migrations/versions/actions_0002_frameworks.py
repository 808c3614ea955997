"""Frameworks, and the one that every programme of 2026 is under, with neutral titles."""

import json

from alembic import op
from sqlalchemy import text

from migrations.rules import grant, reference_numbers, run
from shared.kernel.text import search_key

revision = "actions_0002"
down_revision = "actions_0001"

_CORE = {
    "en": "Core: National Research Centre",
    "fr": "Socle : Centre national de recherche",
    "es": "Núcleo: Centro Nacional de Investigación",
    "ar": "الأساس: المركز الوطني للبحوث",
    "zh": "核心：国家研究中心",
    "ru": "Ядро: национальный исследовательский центр",
}
_PILLAR = {
    "en": "Proactive action {}",
    "fr": "Action proactive {}",
    "es": "Acción proactiva {}",
    "ar": "الإجراء الاستباقي {}",
    "zh": "主动行动{}",
    "ru": "Проактивное действие {}",
}


def upgrade() -> None:
    run("""
CREATE TABLE action_framework (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('current')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'public'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL UNIQUE,
    core jsonb NOT NULL,
    pillars jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    search_key text NOT NULL,
    CHECK (valid_to >= valid_from)
)
""")
    reference_numbers("action_framework", "FWK", "actions")
    grant("action_framework", "SELECT, INSERT, UPDATE", "actions")
    named = [{language: title.format(number) for language, title in _PILLAR.items()} for number in (1, 2, 3)]
    pillars = [
        {"key": f"action-{number}", "titles": titles, "descriptions": {}, "order": number}
        for number, titles in enumerate(named, 1)
    ]
    key = search_key("3+1/2026", *(title for titles in (_CORE, *named) for title in titles.values()))
    op.execute(
        text("""
INSERT INTO action_framework (id, version, status, visibility, created_at, created_by, updated_at, updated_by, code,
    core, pillars, valid_from, search_key)
VALUES ('019b76da-a800-7000-8000-000000000001', 1, 'current', 'public', now(), 'system', now(), 'system', '3+1/2026',
    CAST(:core AS jsonb), CAST(:pillars AS jsonb), '2026-01-01', :search_key)
""").bindparams(core=json.dumps({"titles": _CORE}), pillars=json.dumps(pillars), search_key=key)
    )


def downgrade() -> None:
    run("""
DROP TABLE action_framework
--;
DROP SEQUENCE action_framework_ref_seq
""")
