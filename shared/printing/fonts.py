"""The fonts of printed documents.

Noto Sans and Noto Sans SC come with packages, whose bytes the lock file pins. Noto Sans Arabic is in this package, in a
version that draws each letter as one glyph: in later ones dots are glyphs of their own, so that no text can be
extracted from a file.
"""

from functools import cache
from importlib.resources import files

_PACKAGES = ("fontpkg_noto_sans", "pylopdf_fonts_zh_cn")


@cache
def folders() -> tuple[str, ...]:
    """The folders of the font files."""
    own = files("shared.printing") / "data"
    return (str(own), *(str(files(package)) for package in _PACKAGES))
