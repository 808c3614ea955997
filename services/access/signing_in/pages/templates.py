"""The pages on which people sign in, and what resources are called there."""

from shared.contracts.kinds import kind_names
from shared.pages.templates import Pages

PAGES = Pages("services.access.signing_in.pages", has_search=False)
"""Their forms are the only ones of a page, so that nothing that is typed there leads elsewhere."""


def named(resource: str, language: str) -> str:
    """What a resource, or all of a service, is called by people."""
    service, _, plural = resource.partition(".")
    if resource in kind_names("many"):
        return kind_names("many")[resource][language]
    whole = PAGES.texts.text(language, f"service.{service}")
    return whole if plural == "*" else f"{whole}: {plural.replace('_', ' ')}"
