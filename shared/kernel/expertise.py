"""The vocabularies of what experts work on, and what is asked of them."""

BOUNDARIES = (
    "climate-change",
    "biosphere-integrity",
    "land-system-change",
    "freshwater-change",
    "biogeochemical-flows",
    "novel-entities",
    "ocean-acidification",
    "atmospheric-aerosol-loading",
    "stratospheric-ozone-depletion",
)
ECOSYSTEMS = (
    "tropical-and-subtropical-dry-and-humid-forests",
    "temperate-and-boreal-forests-and-woodlands",
    "mediterranean-forests-woodlands-and-scrub",
    "tundra-and-high-mountain-habitats",
    "tropical-and-subtropical-savannas-and-grasslands",
    "temperate-grasslands",
    "deserts-and-xeric-shrublands",
    "wetlands-peatlands-mires-bogs",
    "urban-semi-urban",
    "cultivated-areas",
    "cryosphere",
    "aquaculture-areas",
    "inland-surface-waters-and-water-bodies-freshwater",
    "shelf-ecosystems",
    "open-ocean-pelagic-systems",
    "deep-sea",
    "coastal-areas-intensively-used-for-multiple-purposes-by-humans",
)
"""The names of the IPBES units of analysis, without the text in brackets."""
_MINOR_FIELDS = {1: 7, 2: 11, 3: 5, 4: 5, 5: 9, 6: 5}
FIELDS_OF_SCIENCE = tuple(
    code
    for major, minors in _MINOR_FIELDS.items()
    for code in (f"{major}", *(f"{major}.{minor}" for minor in range(1, minors + 1)))
)
"""The 6 major and 42 minor fields of the OECD FORD classification (Frascati Manual 2015)."""
