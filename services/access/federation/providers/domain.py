"""Identity providers: their states, what may change when, and which sign-ins count how much."""

import re
from collections.abc import Mapping

from services.access.federation.providers.record import IdentityProvider
from shared.kernel.lifecycle import Lifecycle, by_two, transition
from shared.kernel.step_up import STRONG

TEST, ACTIVATE, SUSPEND, RETIRE = "test", "activate", "suspend", "retire"
PRESETS: Mapping[str, Mapping[str, object]] = {
    "https://orcid.org": {"auth": "secret", "scopes": ["openid"]},
}
"""What a new provider with this issuer has unless something else is given. ORCID gives no address."""
MOST_LIVING = 50
"""Most providers that are not retired."""
SHOWN = frozenset(("titles", "countries"))
"""What may change of an active provider. Any other change needs a test and a second person again."""
_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_ISSUER = re.compile(r"https?://[^\s?#@]+")

LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("draft", "tested", "active", "suspended", "retired"),
    (
        transition(TEST, "draft|tested", "tested"),
        transition(
            ACTIVATE,
            "tested",
            "active",
            fact="activated",
            fields=("second_person",),
            second_person=by_two,
            step_up=STRONG,
        ),
        transition(SUSPEND, "active", "suspended", reason_required=True, step_up=STRONG),
        transition("reinstate", "suspended", "active", fact="reinstated", step_up=STRONG),
        transition(RETIRE, "draft|tested|active|suspended", "retired", step_up=STRONG),
    ),
)


def is_code(text: str) -> bool:
    """Whether the text may name a provider in addresses."""
    return _CODE.fullmatch(text) is not None


def is_domain(text: str) -> bool:
    """Whether the text is a domain in lower case, as in `health.gov.example`."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def is_issuer(text: str) -> bool:
    """Whether the text is an address without query, fragment and user."""
    return _ISSUER.fullmatch(text) is not None


def domain_of(email: str) -> str:
    """The domain of an address, in lower case."""
    return email.rpartition("@")[2].lower()


def is_authoritative(provider: IdentityProvider, email: str) -> bool:
    """Whether the provider says whose addresses of this domain are."""
    return domain_of(email) in provider.domains


def title(titles: Mapping[str, str], language: str) -> str:
    """What people who read this language call the provider."""
    return titles.get(language) or titles.get("en") or next(iter(titles.values()))
