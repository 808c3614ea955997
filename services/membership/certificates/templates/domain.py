"""The lifecycle of a template, the kinds of certificates, and the placeholders of their wording."""

import re
from collections.abc import Mapping

from services.membership.certificates.templates.record import CertificateTemplate
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Lifecycle, transition

FALLBACK = "en"
"""The language of certificates in a language that a template lacks."""
_ALWAYS = ("holder", "number", "issued_on")
PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    "support": (*_ALWAYS, "subject"),
    "membership": (*_ALWAYS, "valid_to"),
    "designation": (*_ALWAYS, "country", "valid_to"),
    "review": (*_ALWAYS, "year"),
    "participation": (*_ALWAYS, "subject"),
    "authorship": (*_ALWAYS, "subject"),
}
"""What a text may contain in braces, by kind of certificate."""
KINDS = tuple(PLACEHOLDERS)
_HOLDER = "{holder}"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("draft", "active", "retired"),
    (
        transition("activate", "draft", "active", fact="activated"),
        transition("retire", "draft|active", "retired", reason_required=True),
        transition("supersede", "active", "retired", is_scheduled=True),
    ),
)


def check(template: CertificateTemplate) -> None:
    """Raises Invalid without the fallback language, if titles and bodies have different languages, and for a body with
    a placeholder that its kind does not have, or without the holder."""
    kind, titles, bodies = template.kind, template.titles, template.bodies
    if FALLBACK not in titles:
        raise invalid_field(f"/titles/{FALLBACK}", "required", "The title for all other languages.")
    if template.signatory is not None and FALLBACK not in template.signatory["offices"]:
        raise invalid_field(f"/signatory/offices/{FALLBACK}", "required", "The office for all other languages.")
    if titles.keys() != bodies.keys():
        raise invalid_field("/bodies", "invalid_value", "The bodies have the languages of the titles.")
    for language, body in bodies.items():
        pointer = f"/bodies/{language}"
        if not set(_PLACEHOLDER.findall(body)) <= {*PLACEHOLDERS[kind]} or _BRACE.search(_PLACEHOLDER.sub("", body)):
            names = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS[kind])
            raise invalid_field(pointer, "not_one_of", f"Braces contain a placeholder of the kind: {names}.")
        if body.count(_HOLDER) != 1:
            raise invalid_field(pointer, "invalid_value", f"A body contains {_HOLDER} once.")


def around_holder(body: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The text before and after the holder, with the values of the other placeholders; what has no value is empty.
    Values are not searched for placeholders."""
    before, _, after = body.partition(_HOLDER)
    return _filled(before, values), _filled(after, values)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text).strip()
