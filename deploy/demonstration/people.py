"""The invented institutions and experts of the demonstration, beside those of the seed of a sandbox."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.kernel.countries import COUNTRIES

PLACES: Mapping[str, tuple[float, float]] = {
    "XD": (-12.4, -131.2),
    "XE": (-9.1, -118.6),
    "XF": (-17.8, -124.9),
    "XG": (-21.3, -112.5),
    "XH": (-6.2, -108.7),
    "XI": (-14.5, -101.3),
    "XJ": (-24.9, -103.8),
    "XL": (-19.6, -95.4),
    "XM": (-8.8, -92.1),
}
"""A point of each country that has institutions, in the empty Pacific: latitude and longitude."""
EXPERTS: Mapping[str, int] = dict(zip(PLACES, (12, 24, 30, 34, 38, 40, 44, 42, 28), strict=True))
"""How many experts each country has."""
_KINDS = (
    ("University of {}", "education"),
    ("{} Institute of Earth Systems", "facility"),
    ("{} Academy of Sciences", "government"),
    ("{} Observatory of Waters", "facility"),
    ("Polytechnic of {}", "education"),
    ("{} Botanical Garden", "archive"),
)
_GIVEN = (
    *("Abena", "Adil", "Aiko", "Alma", "Anders", "Anwar", "Aroha", "Basma", "Bela", "Bruna", "Chidi", "Clara"),
    *("Dalia", "Dimitri", "Efua", "Elena", "Emeka", "Farida", "Felix", "Gita", "Hana", "Hugo", "Ines", "Ismail"),
    *("Jana", "Jorge", "Kamal", "Keiko", "Lars", "Lina", "Lucia", "Malik", "Marta", "Mei", "Nils", "Noor"),
    *("Olena", "Omar", "Paola", "Pavel", "Rania", "Rui", "Sefa", "Sofia", "Tala", "Tariq", "Vera", "Yara"),
)
_FAMILY = (
    *("Abara", "Adler", "Baumwell", "Benali", "Castelo", "Dembele", "Dorani", "Eriksdal", "Fadel", "Fonseca"),
    *("Garimella", "Hakimi", "Halvorsen", "Ibarra", "Jaramo", "Kalani", "Kessling", "Kovar", "Lindqvar", "Mahlaba"),
    *("Marchal", "Mirza", "Morozin", "Nakai", "Ndiro", "Okada", "Oliveiro", "Osei", "Petrenka", "Quarshie"),
    *("Rahimi", "Ribeirinho", "Sakho", "Sandoz", "Tanaki", "Tembo", "Ulven", "Vargasi", "Wekesa", "Ximeno", "Zahr"),
)
_NATIVE = {
    "Dimitri": ("Cyrl", "ru", "Дмитрий"),
    "Olena": ("Cyrl", "ru", "Елена"),
    "Pavel": ("Cyrl", "ru", "Павел"),
    "Vera": ("Cyrl", "ru", "Вера"),
    "Adil": ("Arab", "ar", "عادل"),
    "Kamal": ("Arab", "ar", "كمال"),
    "Rania": ("Arab", "ar", "رانيا"),
    "Tariq": ("Arab", "ar", "طارق"),
    "Mei": ("Hans", "zh", "梅"),
}
_FIELDS = ("1.5", "1.6", "2.7", "4.1", "5.5", "1.4", "2.11", "5.4")
_BOUNDARIES = (
    *("climate-change", "biosphere-integrity", "land-system-change", "freshwater-change", "biogeochemical-flows"),
    *("novel-entities", "ocean-acidification", "atmospheric-aerosol-loading", "stratospheric-ozone-depletion"),
)
_KEYWORDS = ("wetlands", "soils", "rivers", "mixed forests", "reefs", "monitoring", "teaching", "nitrogen", "peat")
_LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
_STATES = (*("active",) * 13, "prospect", "prospect", "invited", "applied", "applied", "under_review", "info_requested")
"""What a state has the share of, in the order of the experts of a country."""


@dataclass(frozen=True, slots=True)
class Person:
    """An expert: the number in the country, the state that is reached, the number of the institution, the body."""

    country: str
    number: int
    status: str
    at: int
    email: str
    body: Mapping[str, object]


def institutions(country: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The bodies of the institutions of a country, by their domain."""
    name = COUNTRIES[country].names["en"]
    for number, (pattern, kind) in enumerate(_KINDS):
        domain = f"{('uni', 'earth', 'academy', 'waters', 'poly', 'garden')[number]}.{country.lower()}.example"
        yield (
            domain,
            {
                "names": [{"value": pattern.format(name), "language": "en", "types": ["ror_display"]}],
                "country": country,
                "types": [kind],
                "domains": [domain],
                "visibility": "public",
            },
        )


def people(country: str) -> Iterator[Person]:
    """The experts of a country, in the order in which they came."""
    place = [*PLACES].index(country)
    before = sum(list(EXPERTS.values())[:place])
    for number in range(EXPERTS[country]):
        of_all = before + number
        given = _GIVEN[of_all % len(_GIVEN)]
        family = _FAMILY[(of_all * 7 + of_all // len(_GIVEN)) % len(_FAMILY)]
        status = "active" if number < 5 else _STATES[number % len(_STATES)]
        names: list[Mapping[str, str]] = [{"given": given, "family": family}]
        if given in _NATIVE:
            script, language, text = _NATIVE[given]
            names.append({"full": text, "script": script, "language": language, "kind": "native"})
        email = f"{given}.{family}.{of_all}@{country}.example".lower()
        body: dict[str, object] = {
            "names": names,
            "country": country,
            "emails": [{"value": email}],
            "languages": sorted({"en", _LANGUAGES[of_all % len(_LANGUAGES)]}),
            "fields": [_FIELDS[of_all % len(_FIELDS)]],
            "planetary_boundaries": [_BOUNDARIES[of_all % len(_BOUNDARIES)]],
            "keywords": [_KEYWORDS[of_all % len(_KEYWORDS)], _KEYWORDS[(of_all + 4) % len(_KEYWORDS)]],
            "visibility": "public" if status == "active" else "network",
        }
        yield Person(country, number, status, number % len(_KINDS), email, body)
