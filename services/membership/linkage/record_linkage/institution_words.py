"""Words of institutions' names: translations, abbreviations, and words of little weight."""

from collections.abc import Mapping
from functools import cache, lru_cache

from shared.kernel.countries import COUNTRIES
from shared.kernel.text import fold

_SAME = """
university: u univ uni universite universitat universitaet universidad universidade universita universitas universiteit
    universitet universitetet universitesi uniwersytet univerzita univerzitet universiti universitatea universite
    univerza sveuciliste egyetem yliopisto ulikool universitates universitario universitaria университет університет
    جامعه
institute: inst institut instituto istituto instytut institutes institution институт інститут معهد
college: coll colleges kolej colegio kolegium كليه
technology: technol technological technologies technologie technologies tecnologia tecnologico tecnologica
technical: technique technische technischen tecnico tecnica techniczna technicka
school: sch schools schule ecole escuela scuola escola szkola
academy: acad akad академия academie akademie academia accademia akademia academic
science: sci scis sciences scientific ciencias ciencia scienze wissenschaften
national: nat natl nac nacional nationale nazionale narodowy национальный
international: intl int internacional internationale
department: dept dep deptt departamento departement dipartimento
faculty: fac facultad faculte fakultat facolta
laboratory: lab labs laboratories laboratoire laboratorio
centre: center centers centres ctr cent centro zentrum
hospital: hosp hospitals hopital krankenhaus
engineering: eng engn engg engr ingenieria ingenierie engenharia
medical: med medicine medicina medecine medizinische
polytechnic: polytech politeknik polytechnique politecnico politecnica politechnika polytechnical
agriculture: agr agric agri agricultural agronomy
management: mgmt manag gestion
education: educ edu educacion
state: estadual estatal negeri государственный
saint: st sankt
research: res investigacion recherche
community: comm
art: arts
"""
AMBIGUOUS: Mapping[str, tuple[str, ...]] = {"tech": ("tech", "technology", "technical")}
"""Abbreviations of more than one word."""
_STOP = """
of the and for in at on de la le les du des del di da do dos das der die den dem fur et y e el los las zu zur und a an
al l d s van voor i
"""
_LITTLE = """
hochschule fachhochschule business economics economic applied studies study general higher normal central federal
superior superieure private public open new islamic city health group campus division section unit branch office
"""
UNITS = frozenset(
    {"department", "faculty", "school", "laboratory", "division", "section", "unit", "chair", "office", "group"}
)
"""The first words of names of parts of institutions."""

CANONICAL: Mapping[str, str] = {
    word: line.split(":")[0]
    for line in _SAME.replace("\n    ", " ").strip().splitlines()
    for word in line.split(":")[1].split()
}
GENERIC = frozenset(CANONICAL.values()) - {"saint"} | frozenset(_LITTLE.split()) | AMBIGUOUS.keys()
"""Words, in their canonical form, that many institutions share."""
SMALL = frozenset(_STOP.split())
"""Articles and prepositions, which the comparison of names ignores."""
_IN_AFFILIATIONS = {
    "US": "usa, united states, u s a, us",
    "GB": "uk, united kingdom, great britain, england, scotland, wales, northern ireland, u k",
    "KR": "south korea, korea",
    "KP": "north korea",
    "RU": "russia",
    "VN": "vietnam",
    "TZ": "tanzania",
    "MD": "moldova",
    "SY": "syria",
    "LA": "laos",
    "TR": "turkey",
    "CZ": "czech republic",
    "NL": "the netherlands",
    "CN": "p r china, pr china",
    "HK": "hong kong",
    "MO": "macao, macau",
    "TW": "taiwan",
    "CI": "ivory coast, cote d ivoire",
    "CD": "dr congo, congo kinshasa, drc",
    "MM": "burma",
    "SZ": "swaziland",
    "MK": "macedonia",
    "PS": "palestine",
    "CV": "cape verde",
    "BN": "brunei",
    "AE": "uae, u a e",
}


@lru_cache(maxsize=65_536)
def plain_words(text: str) -> tuple[str, ...]:
    """The folded words in their canonical form, without articles and prepositions; all words if none remains."""
    words = fold(text).split()
    return tuple(CANONICAL.get(word, word) for word in words if word not in SMALL) or tuple(words)


@cache
def country_names() -> Mapping[str, str]:
    """Folded names of countries, in the six languages and as written in affiliations, with their codes."""
    known = {
        fold(form): code
        for code, country in COUNTRIES.items()
        for name in country.names.values()
        for form in (name, name.partition("(")[0])
    }
    return known | {fold(form): code for code, forms in _IN_AFFILIATIONS.items() for form in forms.split(",")}
