"""Frameworks, and the one that every programme of 2026 is under, with neutral titles; country programmes, their actions
and milestones."""

from migrations.rules import country_scoped, grant, record_columns, reference_moves, reference_numbers, run

revision = "0012_actions_programmes"
down_revision = "0011_centres"

_PROGRAMME_STATES = "exploring|designing|plan_review|approved|implementing|paused|completed|discontinued"
_RECORDS = {"programme": "PRG", "action": "ACT", "milestone": "MIL"}


def upgrade() -> None:
    _frameworks()
    _programmes()
    _actions()
    for table, prefix in _RECORDS.items():
        reference_numbers(f"action_{table}", prefix, "actions")
        country_scoped(f"action_{table}", "actions")
    reference_moves("action", "actions")


def _frameworks() -> None:
    """Reference data that everybody may read: its country is empty."""
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
    run("""
INSERT INTO action_framework (id, version, status, visibility, created_at, created_by, updated_at, updated_by, code,
    core, pillars, valid_from, search_key)
VALUES ('019b76da-a800-7000-8000-000000000001', 1, 'current', 'public', now(), 'system', now(), 'system', '3+1/2026',
    '{"titles": {
        "en": "Core: National Research Centre",
        "fr": "Socle : Centre national de recherche",
        "es": "Núcleo: Centro Nacional de Investigación",
        "ar": "الأساس: المركز الوطني للبحوث",
        "zh": "核心：国家研究中心",
        "ru": "Ядро: национальный исследовательский центр"
    }}', '[{"key": "action-1", "order": 1, "descriptions": {}, "titles": {
        "en": "Proactive action 1",
        "fr": "Action proactive 1",
        "es": "Acción proactiva 1",
        "ar": "الإجراء الاستباقي 1",
        "zh": "主动行动1",
        "ru": "Проактивное действие 1"
    }}, {"key": "action-2", "order": 2, "descriptions": {}, "titles": {
        "en": "Proactive action 2",
        "fr": "Action proactive 2",
        "es": "Acción proactiva 2",
        "ar": "الإجراء الاستباقي 2",
        "zh": "主动行动2",
        "ru": "Проактивное действие 2"
    }}, {"key": "action-3", "order": 3, "descriptions": {}, "titles": {
        "en": "Proactive action 3",
        "fr": "Action proactive 3",
        "es": "Acción proactiva 3",
        "ar": "الإجراء الاستباقي 3",
        "zh": "主动行动3",
        "ru": "Проактивное действие 3"
    }}]', '2026-01-01',
    ' 3 1 2026 core national research centre socle centre national de recherche nucleo centro nacional de investigacion الاساس المركز الوطني للبحوث 核心 国家研究中心 ядро национальныи исследовательскии центр proactive action 1 action proactive 1 accion proactiva 1 الاجراء الاستباقي 1 主动行动1 проактивное деиствие 1 proactive action 2 action proactive 2 accion proactiva 2 الاجراء الاستباقي 2 主动行动2 проактивное деиствие 2 proactive action 3 action proactive 3 accion proactiva 3 الاجراء الاستباقي 3 主动行动3 проактивное деиствие 3 ')
""")


def _programmes() -> None:
    run(f"""
CREATE TABLE action_programme ({record_columns(_PROGRAMME_STATES)}
    framework text NOT NULL REFERENCES action_framework (code),
    committee_id uuid,
    centre_id uuid,
    lead_body_id uuid,
    waiver jsonb,
    started_on date,
    completed_on date
)
--;
CREATE INDEX action_programme_country_idx ON action_programme (country, status, id)
--;
CREATE INDEX action_programme_created_idx ON action_programme (created_at, id)
--;
CREATE INDEX action_programme_updated_idx ON action_programme (updated_at, id)
""")


def _actions() -> None:
    """`claimants` are who stands behind a claim."""
    run(f"""
CREATE TABLE action_action ({record_columns("proposed|planned|in_progress|finalising|closed|suspended|cancelled")}
    programme_id uuid NOT NULL REFERENCES action_programme (id),
    pillar text NOT NULL CHECK (pillar IN ('core', 'action-1', 'action-2', 'action-3')),
    kind text NOT NULL CHECK (kind IN ('action', 'research_project')),
    titles jsonb NOT NULL,
    planned_start date,
    planned_end date,
    actual_start date,
    actual_end date,
    participants jsonb NOT NULL,
    tags jsonb NOT NULL,
    budget jsonb,
    baseline jsonb,
    previous_status text,
    search_key text NOT NULL,
    CHECK (planned_end >= planned_start),
    CHECK (status NOT IN ('in_progress', 'finalising', 'closed') OR actual_start IS NOT NULL)
)
--;
CREATE INDEX action_action_country_idx ON action_action (country, status, id)
--;
CREATE INDEX action_action_programme_idx ON action_action (programme_id)
--;
CREATE INDEX action_action_created_idx ON action_action (created_at, id)
--;
CREATE INDEX action_action_updated_idx ON action_action (updated_at, id)
--;
CREATE INDEX action_action_participants_idx ON action_action USING gin (participants jsonb_path_ops)
--;
CREATE TABLE action_milestone ({record_columns("pending|in_progress|claimed|done|dropped")}
    action_id uuid NOT NULL REFERENCES action_action (id),
    titles jsonb NOT NULL,
    due date NOT NULL,
    first_due date NOT NULL,
    due_reason text,
    weight double precision NOT NULL CHECK (weight > 0),
    deliverable jsonb,
    evidence_required jsonb NOT NULL,
    evidence jsonb,
    claimed_by text,
    claimed_on date,
    verified_on date,
    search_key text NOT NULL,
    claimants uuid[] NOT NULL DEFAULT '{{}}',
    CHECK (due = first_due OR due_reason IS NOT NULL),
    CHECK (status NOT IN ('claimed', 'done') OR claimed_on IS NOT NULL),
    CHECK (status <> 'done' OR verified_on IS NOT NULL)
)
--;
CREATE INDEX action_milestone_country_idx ON action_milestone (country, status, id)
--;
CREATE INDEX action_milestone_action_idx ON action_milestone (action_id)
--;
CREATE INDEX action_milestone_due_idx ON action_milestone (due) WHERE status IN ('pending', 'in_progress', 'claimed')
--;
CREATE INDEX action_milestone_created_idx ON action_milestone (created_at, id)
--;
CREATE INDEX action_milestone_updated_idx ON action_milestone (updated_at, id)
""")


def downgrade() -> None:
    run(f"""
DROP TABLE action_reference_move, action_milestone, action_action, action_programme, action_framework
--;
DROP SEQUENCE action_framework_ref_seq, {", ".join(f"action_{table}_ref_seq" for table in _RECORDS)}
""")
