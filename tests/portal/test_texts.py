"""The texts of the pages: complete in six languages, one for each code of the API, none unused."""

import re
from pathlib import Path
from string import Formatter

import pytest
from markupsafe import Markup

from services.actions.measurement.results.values import REASONS_MISSING
from services.actions.overview.countries.domain import RUNGS
from services.actions.plan.actions.domain import LIFECYCLE as ACTIONS
from services.actions.plan.milestones.domain import LIFECYCLE as MILESTONES
from services.actions.plan.programmes.domain import PUBLISHED as PROGRAMMES
from services.actions.reporting.assessments.domain import COMPLETIONS, KINDS
from services.centres.committees.committees.domain import PUBLISHED as COMMITTEES
from services.centres.designation.centres.domain import PUBLISHED as CENTRES
from services.membership.certificates.certificates.domain import CATEGORIES as REVOCATIONS
from services.membership.initiatives.initiatives.domain import PUBLISHED as INITIATIVES
from services.membership.issuing.verification.schemas import STATUSES
from services.membership.register.experts.record import CATEGORIES
from services.membership.register.institutions.domain import PUBLISHED as INSTITUTIONS
from services.membership.register.institutions.domain import TYPES
from services.portal.pages.classifications import term_names
from services.portal.pages.texts import TEXTS, best, code_text, text, words
from services.portal.search.finding import KINDS as SEARCHED
from shared.kernel.countries import REGIONS
from shared.kernel.expertise import BOUNDARIES, ECOSYSTEMS, FIELDS_OF_SCIENCE
from shared.kernel.text import LANGUAGES
from shared.pages.texts import OWN_NAMES

_PORTAL = Path(__file__).parents[2] / "services/portal"
_SHARED = Path(__file__).parents[2] / "shared/pages"
_CODES = {
    "status": {*ACTIONS.states, *PROGRAMMES, *COMMITTEES, *CENTRES, *INSTITUTIONS, *INITIATIVES},
    "stage": set(RUNGS),
    "category": set(CATEGORIES),
    "region": set(REGIONS),
    "milestone": set(MILESTONES.states),
    "subject": set(KINDS),
    "completion": set(COMPLETIONS),
    "missing": set(REASONS_MISSING),
    "revocation": set(REVOCATIONS),
    "verify": set(STATUSES),
    "kind": set(SEARCHED),
    "type": set(TYPES),
}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_is_there_in_every_language_with_the_same_values(key: str) -> None:
    texts = TEXTS[key]
    assert set(texts) == set(LANGUAGES) == set(OWN_NAMES)
    assert all(said and said == said.strip() for said in texts.values())
    asked = {language: {name for _, name, _, _ in Formatter().parse(said) if name} for language, said in texts.items()}
    assert len({frozenset(names) for names in asked.values()}) == 1


def test_each_code_of_the_api_has_words() -> None:
    missing = {f"{kind}.{code}" for kind, codes in _CODES.items() for code in codes} - TEXTS.keys()
    assert missing == set()
    assert list(term_names()) == [*FIELDS_OF_SCIENCE, *BOUNDARIES, *ECOSYSTEMS]
    assert all(names[tag] for names in term_names().values() for tag in LANGUAGES)


def test_every_text_is_said_somewhere() -> None:
    files = (path for folder in (_PORTAL, _SHARED) for kind in ("*.html", "*.py") for path in folder.rglob(kind))
    said = "".join(path.read_text() for path in files)
    whole = set(re.findall(r"\b(?:t|text)\(\"([\w.]+)\"", said)) | set(re.findall(r"\"(stage\.\w+)\"", said))
    begun = set(re.findall(r"\"(\w+\.)\" ~", said)) | {"failure.", "mark.", "said."}
    begun |= {f"{kind}." for kind in re.findall(r"\bcode\(\"(\w+)\"", said)}
    assert [key for key in TEXTS if key not in whole and not key.startswith(tuple(begun))] == []


def test_a_reader_gets_their_language_english_or_what_there_is() -> None:
    texts = {"pt": "Centro", "en": "Centre", "fr": "Centre français"}
    assert best(texts, "fr") == ("fr", "Centre français")
    assert best(texts, "ru") == ("en", "Centre")
    assert best({"pt": "Centro"}, "ru") == ("pt", "Centro")
    assert best({}, "ru") == ("", "")
    assert words("freshwater-change") == "Freshwater change"


def test_a_code_that_is_new_is_said_by_its_own_words() -> None:
    assert code_text("fr", "status", "approved") == "approuvé"
    assert code_text("fr", "status", "under_reform") == "Under reform"


def test_days_keep_their_order_between_arabic_letters() -> None:
    assert "\u20682026-11-26\u2069" in text("ar", "stage.since", date="2026-11-26")
    assert text("en", "stage.since", date="2026-11-26") == "since 2026-11-26"


def test_an_element_stays_one_in_a_text_and_all_else_is_escaped() -> None:
    day = Markup('<time datetime="2026-11-26">2026-11-26</time>')
    for language in LANGUAGES:
        said = text(language, "stage.ahead", date=day, rung="<b>")
        assert day in said
        assert "&lt;b&gt;" in said
