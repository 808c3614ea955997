"""The fonts of printed documents. They come with packages, whose bytes the lock file pins."""

from functools import cache
from importlib.metadata import version as version_of
from importlib.resources import files

_FONTS = {
    "fontpkg-noto-sans": ("fontpkg_noto_sans", "files"),
    "fontpkg-noto-sans-arabic": ("fontpkg_noto_sans_arabic", "files"),
    "pylopdf-fonts-zh-cn": ("pylopdf_fonts_zh_cn", ""),
}
"""Distribution → its package and the folder of fonts in it: Noto Sans (Latin, Greek, Cyrillic, Devanagari), Noto Sans
Arabic, Noto Sans SC (simplified Chinese)."""
FAMILIES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans SC")


@cache
def folders() -> tuple[str, ...]:
    """The folders of the font files."""
    return tuple(str(files(package) / folder) for package, folder in _FONTS.values())


@cache
def version() -> str:
    """The versions of the typesetter and of the fonts: with others, a document may have other bytes."""
    return " ".join(f"{name}=={version_of(name)}" for name in ("typst", *_FONTS))
