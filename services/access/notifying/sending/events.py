"""What is sent: the events of the feed with absolute addresses, pings, and notices of imports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.access.notifying.feed.positions import position_text
from services.access.notifying.webhooks.deliveries import ping_of
from services.access.notifying.webhooks.domain import ADVANCED
from services.access.notifying.webhooks.record import Webhook
from shared.configuration.settings import Settings
from shared.contracts.envelope import DATA_SCHEMA, Fact
from shared.kernel.clock import now, to_text

_NOTICES = UUID("5d1c7a52-31a4-4c55-9a57-6f1f3f0e6a10")


@dataclass(frozen=True, slots=True)
class Advance:
    """Events of imports between two positions, of which a webhook is sent a notice."""

    after: int
    upto: int
    count: int

    def id_for(self, webhook: UUID) -> UUID:
        """The id of the notice, the same whenever it is sent."""
        return uuid5(_NOTICES, f"{webhook} {self.after} {self.upto}")


class Events:
    """The messages of an installation. Their `source` and `id` are unique over installations."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.issuer.rstrip("/")
        self._environment = settings.environment
        self._secret = settings.secret_key.get_secret_value().encode()

    def of_fact(self, fact: Fact) -> dict[str, Any]:
        """An event of the feed."""
        event = fact.cloudevent()
        data = {**event["data"], "link": f"{self._issuer}{event['data']['link']}"}
        return self._absolute({**event, "data": data})

    def ping(self, webhook: Webhook, event: UUID) -> dict[str, Any]:
        """A ping under the id of its event."""
        return self.of_fact(ping_of(webhook).model_copy(update={"id": event}))

    def advance(self, webhook: Webhook, advance: Advance) -> dict[str, Any]:
        """A notice that the feed has events of imports, which are read from it."""
        data: Mapping[str, Any] = {
            "after": position_text(advance.after, self._secret),
            "upto": position_text(advance.upto, self._secret),
            "count": advance.count,
            "link": f"{self._issuer}/access/v1/events",
        }
        return self._absolute(
            {
                "id": str(advance.id_for(webhook.id)),
                "source": "/access",
                "specversion": "1.0",
                "type": ADVANCED,
                "time": to_text(now()),
                "subject": str(webhook.id),
                "dataschema": DATA_SCHEMA,
                "data": data,
            }
        )

    def _absolute(self, event: dict[str, Any]) -> dict[str, Any]:
        return {
            **event,
            "source": f"{self._issuer}{event['source']}",
            "dataschema": f"{self._issuer}{event['dataschema']}",
            "environment": self._environment,
        }
