"""Countries and areas of ISO 3166-1 with UN M49 regions, and twelve fictional ones for demonstration and tests."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from shared.kernel.text import LANGUAGES


@dataclass(frozen=True, slots=True)
class Country:
    """One country or area. `region` is the M49 name (None for AQ and the fictional); `names` by BCP 47 key; `place` is
    where a map marks it, in degrees of latitude and longitude (None for the fictional); `groups` are those of
    `GROUPS`."""

    code: str
    names: Mapping[str, str]
    region: str | None
    m49: frozenset[str]
    place: tuple[float, float] | None
    fictional: bool = False
    groups: tuple[str, ...] = ()


GROUPS = ("ldc", "lldc", "sids")
"""Groups of the United Nations: least developed countries, landlocked developing countries, small island developing
States."""
_FICTIONAL = {  # without XK, which others use for Kosovo
    "XA": "Alphaland",
    "XB": "Betaland",
    "XC": "Gammaland",
    "XD": "Deltaland",
    "XE": "Epsilonland",
    "XF": "Zetaland",
    "XG": "Etaland",
    "XH": "Thetaland",
    "XI": "Iotaland",
    "XJ": "Kappaland",
    "XL": "Lambdaland",
    "XM": "Muland",
}


def _read() -> Mapping[str, Country]:
    data = files("shared.kernel").joinpath("data")
    with data.joinpath("places.csv").open(encoding="utf-8") as lines:
        places = {row["alpha2"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines)}
    with data.joinpath("countries.csv").open(encoding="utf-8") as lines:
        known = {
            row["alpha2"]: Country(
                row["alpha2"],
                {language: name for language in LANGUAGES if (name := row[f"name_{language}"])},
                row["region"] or None,
                frozenset(
                    code.zfill(3)
                    for key in ("region_code", "subregion_code", "intermediate_region_code")
                    if (code := row[key])
                ),
                places[row["alpha2"]],
                groups=tuple(group for group in GROUPS if row[group]),
            )
            for row in csv.DictReader(lines)
        }
    for code, name in _FICTIONAL.items():
        known[code] = Country(code, {"en": name}, None, frozenset(), None, fictional=True)
    return MappingProxyType(known)


COUNTRIES: Mapping[str, Country] = _read()


FICTIONAL_CODES = frozenset(_FICTIONAL)
"""The countries of the sandbox."""


REGIONS = tuple(sorted({country.region for country in COUNTRIES.values() if country.region}))
"""The names of the M49 regions. A country belongs to one at most."""


@cache
def known_codes(*, fictional: bool) -> frozenset[str]:
    """The codes that the API knows: 249, and the twelve fictional ones if the setting allows them."""
    return frozenset(code for code, country in COUNTRIES.items() if fictional or not country.fictional)


@cache
def in_region(region: str) -> frozenset[str]:
    """Codes of an M49 region, by its number (`142`, `034`) or its top-level name; empty if unknown."""
    wanted = region.zfill(3) if region.isdigit() else region.casefold()
    if wanted == "001":
        return frozenset(code for code, country in COUNTRIES.items() if not country.fictional)
    return frozenset(
        code
        for code, country in COUNTRIES.items()
        if wanted in country.m49 or (country.region or "").casefold() == wanted
    )
