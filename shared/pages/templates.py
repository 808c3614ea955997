"""The HTML of pages: Jinja templates with escaped values, in the common frame of all pages."""

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from shared.kernel.text import LANGUAGES
from shared.pages.assets import address_of
from shared.pages.texts import OWN_NAMES, Texts

Addresses = Mapping[str, str]
"""The address of a page in each language."""


def in_languages(tail: str) -> Addresses:
    """The addresses `/{language}…` of a page that exists in all six."""
    return {language: f"/{language}{tail}" for language in LANGUAGES}


class Pages:
    """The pages of a package: its templates in the folder `static`, and its texts."""

    def __init__(self, package: str, *, has_search: bool = True, files_of: str | None = None, **said: Any) -> None:
        """`has_search`: their head has the search field of the site. `files_of` is the package with their styles and
        scripts, by default their own. `said` are further functions of the language, for templates."""
        self.texts = Texts(package)
        self._package = package
        self._files = files_of or package
        self._has_search = has_search
        self._said = said

    @cached_property
    def _templates(self) -> Environment:
        return Environment(
            loader=ChoiceLoader([PackageLoader(self._package, "static"), PackageLoader("shared.pages", "static")]),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(self, name: str, language: str, *, addresses: Addresses | None = None, **values: Any) -> bytes:
        """Renders a template in one of the six languages.

        `addresses` are those of the page in each language, if it has them; `here` is the section of the site; `licence`
        is that of the data which the page shows; `origin` precedes addresses that programs read; `data` is what they
        read of the page. `as_of_copy` is since when the page may lack changes, where a service is away. `has_console`:
        people can sign in to a console here.
        """
        said = {
            "language": language,
            "languages": OWN_NAMES,
            "addresses": addresses,
            "licence": None,
            "origin": "",
            "data": "",
            "here": "",
            "as_of_copy": None,
            "has_search": self._has_search,
            "has_console": False,
            "t": partial(self.texts.text, language),
            "asset": partial(address_of, package=self._files),
            **{each: partial(function, language=language) for each, function in self._said.items()},
        }
        return self._templates.get_template(name).render({**said, **values}).encode()
