"""The files at `/docs/`: our own, and those of Swagger UI from npm, with its icons as separate files."""

import re
from base64 import b64decode
from functools import cache
from importlib.resources import files
from urllib.parse import unquote

from shared.pages import assets as of_pages

PACKAGE = "services.portal.pages"
_STATIC = files(PACKAGE).joinpath("static")
_SWAGGER = "swagger-ui"
_STYLE = f"{_SWAGGER}.css"
_DRAWN = re.compile(r'url\("data:(image/svg\+xml);charset=utf-8,((?:[^"\\]|\\.)*)"\)')
_PAINTED = re.compile(r"url\(data:(image/(?:png|jpeg));base64,([^)]*)\)")
_MEDIA = {
    _STYLE: "text/css; charset=utf-8",
    f"{_SWAGGER}-bundle.js": "text/javascript; charset=utf-8",
    f"{_SWAGGER}-bundle.js.LICENSE.txt": "text/plain; charset=utf-8",
}


@cache
def asset(name: str) -> tuple[bytes, str]:
    """A file of the pages and its media type. Raises KeyError for an unknown name."""
    if name in _swagger_style()[1]:
        return _swagger_style()[1][name]
    if name == _STYLE:
        return _swagger_style()[0], _MEDIA[name]
    if name in _MEDIA:
        return _STATIC.joinpath(_SWAGGER, name).read_bytes(), _MEDIA[name]
    return of_pages.asset(name, PACKAGE)[:2]


@cache
def _swagger_style() -> tuple[bytes, dict[str, tuple[bytes, str]]]:
    """Swagger UI's style with addresses in place of `data:` icons, which the pages' policy blocks; and the icons."""
    icons: dict[str, tuple[bytes, str]] = {}

    def placed(content: bytes, media: str) -> str:
        suffix = media.partition("/")[2].partition("+")[0]
        name = f"icon-{len(icons)}.{suffix}"
        icons[name] = content, media
        return f"url({name})"

    text = _STATIC.joinpath(_SWAGGER, _STYLE).read_text(encoding="utf-8")
    text = _DRAWN.sub(lambda found: placed(re.sub(r"\\(.)", r"\1", unquote(found[2])).encode(), found[1]), text)
    text = _PAINTED.sub(lambda found: placed(b64decode(found[2]), found[1]), text)
    return text.partition("/*# sourceMappingURL")[0].encode(), icons
