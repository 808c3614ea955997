"""The fonts of printed documents.

Noto Sans and Noto Sans SC come with packages, whose bytes the lock file pins. Noto Sans Arabic is in this package, in a
version that draws each letter as one glyph: in later ones dots are glyphs of their own, so that no text can be
extracted from a file.
"""

from functools import cache
from importlib.metadata import version as version_of
from importlib.resources import files

_PACKAGES = {"fontpkg-noto-sans": "fontpkg_noto_sans", "pylopdf-fonts-zh-cn": "pylopdf_fonts_zh_cn"}
"""Distribution → the package that contains its fonts."""
FAMILIES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans SC")


@cache
def folders() -> tuple[str, ...]:
    """The folders of the font files."""
    own = files("shared.printing") / "data"
    return (str(own), *(str(files(package)) for package in _PACKAGES.values()))


@cache
def version() -> str:
    """The versions of the typesetter and of the fonts: with others, a document may have other bytes."""
    return " ".join(f"{name}=={version_of(name)}" for name in ("typst", *_PACKAGES))
