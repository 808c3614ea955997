"""What the demonstration's editions of the Global Report say. Places, people and findings are invented."""

from dataclasses import dataclass, field
from typing import Any

_ROLES = ["conceptualization", "writing-original-draft"]
_COUNTED = "Nine invented countries take part; five have a designated centre, and three a programme under way."


@dataclass(frozen=True, slots=True)
class Chapter:
    """A contribution: its place, the country of its authors, its titles and texts by language, its first version, and
    translations of it."""

    place: str
    authors: str
    titles: dict[str, str]
    abstract: dict[str, str]
    body: str
    keywords: list[str]
    references: list[dict[str, Any]] = field(default_factory=list)
    translations: dict[str, str] = field(default_factory=dict)
    is_reviewed: bool = True
    """Whether its authors have submitted it."""


@dataclass(frozen=True, slots=True)
class Volume:
    """An edition with its chapters and figures, which is published, or in writing with a round and comments."""

    years_from_now: int
    titles: dict[str, str]
    languages: list[str]
    outline: list[dict[str, Any]]
    chapters: tuple[Chapter, ...]
    figures: tuple[dict[str, Any], ...]
    is_published: bool
    comments: tuple[tuple[str, int, str, str], ...] = ()
    """Who comments on the first chapter or, for a government, on that of its country: at which block, of which kind,
    and what."""


_OUTLINE = [
    {"key": "nature", "titles": {"en": "Nature and people", "ar": "الطبيعة والإنسان"}, "kind": "section", "order": 1},
    {"key": "rivers", "titles": {"en": "Rivers", "ar": "الأنهار"}, "parent": "nature", "order": 1},
    {"key": "forests", "titles": {"en": "Forests", "ar": "الغابات"}, "parent": "nature", "order": 2},
    {"key": "countries", "titles": {"en": "Countries", "ar": "البلدان"}, "kind": "section", "order": 2},
    {
        "key": "alphaland",
        "titles": {"en": "Alphaland", "ar": "ألفالاند"},
        "kind": "country",
        "country": "XA",
        "parent": "countries",
        "order": 1,
    },
]
_RIVER_BOOK = {
    "id": "okoye2024",
    "type": "book",
    "title": "Rivers of Alphaland",
    "author": [{"family": "Okoye-Lind", "given": "Amara"}],
    "publisher": "University of Alpha",
    "issued": {"date-parts": [[2024]]},
}
_FOREST_PAPER = {
    "id": "marchetti2025",
    "type": "article-journal",
    "title": "How mixed forests return",
    "author": [{"family": "Marchetti", "given": "Ivo"}, {"family": "Haddad-Roy", "given": "Salma"}],
    "container-title": "Journal of Invented Forests",
    "volume": "12",
    "page": "1-20",
    "issued": {"date-parts": [[2025, 3]]},
}
_RIVERS = Chapter(
    "rivers",
    "XA",
    {"en": "Rivers that reach the sea again", "ar": "أنهار تبلغ البحر من جديد"},
    {
        "en": "Forty rivers were observed for three years. Where banks were given back to the river, its water rose.",
        "ar": "رُصد أربعون نهراً مدة ثلاث سنوات. وحيث أُعيدت الضفاف إلى النهر ارتفع منسوب مياهه.",
    },
    """# What was observed

The rivers of two countries were observed at forty gauges for three years [@okoye2024]. Each gauge measured the level of
the water, its temperature and its salt.

# What was found

- Where the banks were given back to the river, its level rose in the second year.
- Where water was taken for fields, it fell in each summer.
- No river became saltier than it was.

| kind of bank | gauges | level after three years |
|--------------|-------:|------------------------|
| given back   |     18 | higher by 14 cm        |
| built        |     22 | lower by 6 cm          |

The plan counts who works on this: {figure:numbers} has its numbers on the day of this edition.

# What follows

> A river needs its banks more than its bed.

Countries that restore banks should measure before they begin, since nobody measures the past afterwards.
""",
    ["rivers", "restoration", "gauges"],
    [_RIVER_BOOK],
    {
        "ar": """# ما رُصد

رُصدت أنهار بلدين عند أربعين محطة قياس مدة ثلاث سنوات [@okoye2024]. وقاست كل محطة منسوب الماء وحرارته وملوحته.

# ما وُجد

- حيث أُعيدت الضفاف إلى النهر ارتفع منسوبه في السنة الثانية.
- حيث سُحب الماء للحقول انخفض في كل صيف.
- لم يصبح أي نهر أكثر ملوحة مما كان.

| نوع الضفة | المحطات | المنسوب بعد ثلاث سنوات |
|-----------|--------:|-----------------------|
| معادة     |      18 | أعلى بمقدار 14 سم          |
| مبنية     |      22 | أدنى بمقدار 6 سم           |

تحصي الخطة من يعمل على ذلك: {figure:numbers} يعرض أرقامها في يوم هذا الإصدار.

# ما يترتب

> يحتاج النهر إلى ضفافه أكثر من مجراه.

على البلدان التي تستعيد الضفاف أن تقيس قبل أن تبدأ، فلا أحد يقيس الماضي بعد فواته.
"""
    },
)
_FORESTS = Chapter(
    "forests",
    "XB",
    {"en": "How mixed forests return"},
    {"en": "Fields that were left alone became mixed forests within twenty years where seed trees stood nearby."},
    """# Where forests return

Of sixty fields that were left alone, forty became mixed forests within twenty years [@marchetti2025]. Seed trees within
200 metres made the difference.

1. Pines come first, in the second year.
2. Oaks follow in their shade.
3. After twelve years the canopy closes.

# Who studies them

{figure:stages} shows how far the countries have come on the way to their own research.
""",
    ["forests", "succession"],
    [_FOREST_PAPER],
)
_ALPHALAND = Chapter(
    "alphaland",
    "XA",
    {"en": "Alphaland: wells, wetlands and schools"},
    {"en": "Alphaland restores the wetlands of its north, measures forty wells, and teaches ecology in its schools."},
    """# The country

Alphaland is an invented country of this demonstration. Its three actions concern wetlands, wells and schools.

# Its actions

- **Wetlands**: 1,250 hectares in Upper Alpha hold water again.
- **Wells**: forty are measured each month; twenty-six are in a good state.
- **Schools**: the first teachers were trained this year.
""",
    ["Alphaland", "wetlands", "wells"],
)
_HEADLINES = {
    "path": "/actions/v1/statistics/headlines",
    "parameters": {"key": "countries,organisations,experts,institutions,centres,programmes"},
}
_SOURCE = "Register of the ESCM Plan"
_NUMBERS = {
    "key": "numbers",
    "kind": "bars",
    "titles": {"en": "The plan in numbers", "ar": "الخطة بالأرقام"},
    "alternatives": {"en": _COUNTED, "ar": "تشارك تسعة بلدان خيالية، لخمسة منها مركز معيَّن ولثلاثة برنامج قيد التنفيذ."},
    "captions": {"en": "Each number is defined where it is counted.", "ar": "لكل رقم تعريف."},
    "query": _HEADLINES,
    "source": _SOURCE,
}
_STAGES = {
    "key": "stages",
    "kind": "table",
    "titles": {"en": "Stages of the countries that take part", "ar": "مراحل البلدان المشاركة"},
    "alternatives": {
        "en": "The nine countries stand on all rungs from contact to verified results.",
        "ar": "تقف البلدان التسعة على جميع الدرجات من الاتصال إلى النتائج المتحقق منها.",
    },
    "query": {"path": "/actions/v1/countries", "parameters": {"stage": "1,2,3,4,5,6,7"}},
    "x": "code",
    "y": "stage",
    "source": _SOURCE,
}
PUBLISHED = Volume(
    0,
    {"en": "Global Report of the demonstration", "ar": "التقرير العالمي للعرض"},
    ["ar", "en"],
    _OUTLINE,
    (_RIVERS, _FORESTS, _ALPHALAND),
    (_NUMBERS, _STAGES),
    is_published=True,
)
_EXPERTS = {"path": "/membership/v1/statistics", "parameters": {"of": "experts", "by": "country"}}
IN_WRITING = Volume(
    1,
    {"en": "Next Global Report of the demonstration"},
    ["en"],
    _OUTLINE,
    (
        Chapter(
            "rivers",
            "XA",
            {"en": "What gauges say after four years"},
            {"en": "The fourth year of the gauges confirms the third."},
            "# The fourth year\n\nThe gauges ran a fourth year. {figure:experts} shows who reads them.\n\nTwo of them "
            "failed in the flood of May, and were replaced.\n\n- The level rose again where banks were given back.\n"
            "- It stayed where they were built.\n",
            ["rivers"],
        ),
        Chapter(
            "forests",
            "XB",
            {"en": "Forests after fire"},
            {"en": "What grows in the first year after a fire."},
            "# The first year\n\nGrass comes within weeks, see {figure:numbers}.\n",
            ["forests", "fire"],
            is_reviewed=False,
        ),
        Chapter(
            "alphaland",
            "XA",
            {"en": "Alphaland: the second year"},
            {"en": "What Alphaland did in the second year of its programme."},
            "# The second year\n\nFour wells more are in a good state.\n\nThe wetlands hold water through the summer, "
            "see {figure:growth}.\n",
            ["Alphaland"],
        ),
    ),
    (
        {**_NUMBERS, "alternatives": {"en": _COUNTED}},
        {
            "key": "experts",
            "kind": "bars",
            "titles": {"en": "Experts by country"},
            "alternatives": {
                "en": "Kappaland has the most experts; Alphaland and Betaland have as many as each other."
            },
            "query": _EXPERTS,
            "source": _SOURCE,
        },
        {
            "key": "growth",
            "kind": "lines",
            "titles": {"en": "Experts and institutions over time"},
            "alternatives": {"en": "Both have grown through the year."},
            "query": {
                "path": "/actions/v1/statistics/headlines",
                "parameters": {"key": "experts,institutions", "from": "{year}-01-01", "step": "month"},
            },
            "series": "key",
            "source": _SOURCE,
        },
    ),
    is_published=False,
    comments=(
        ("secretariat", 2, "substance", "How many gauges ran all four years?"),
        ("secretariat", 3, "fact", "Name the month of the replacement, too."),
        ("government_xa", 2, "fact", "Our own count is five wells; we will send the list."),
    ),
)
ROLES = _ROLES
