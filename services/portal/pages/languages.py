"""Addresses that begin with one of the languages of the pages: `/{language}/…`."""

from starlette.convertors import Convertor, register_url_convertor

from shared.kernel.text import LANGUAGES
from shared.web.contract.route_options import OptionsRouter


class _Language(Convertor[str]):
    """One of the languages of the pages; addresses that begin otherwise lead elsewhere."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("page_language", _Language())
IN_LANGUAGE = "/{language:page_language}"
"""The beginning of the address of a page in one of the six languages."""


def router_of_languages() -> OptionsRouter:
    """A router for pages in all languages, which get `language`."""
    return OptionsRouter(prefix=IN_LANGUAGE, include_in_schema=False)
