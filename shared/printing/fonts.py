"""The fonts of printed documents: Noto, for the scripts of the official languages of countries.

Latin, Greek, Cyrillic, Chinese and Korean come with packages, whose bytes the lock file pins. The others are in `data`,
in versions of 2020 that draw most letters as one glyph: in later ones more marks are glyphs of their own, which repeat
letters in the text that readers extract.
"""

from functools import cache
from importlib.resources import files

_PACKAGES = ("fontpkg_noto_sans", "pylopdf_fonts_zh_cn", "pylopdf_fonts_ko")


@cache
def folders() -> tuple[str, ...]:
    """The folders of the font files."""
    own = files("shared.printing") / "data"
    return (str(own), *(str(files(package)) for package in _PACKAGES))
