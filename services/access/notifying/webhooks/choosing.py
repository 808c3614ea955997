"""What a webhook takes of its owner's share of the feed."""

from services.access.notifying.feed.domain import Choice, type_pattern
from services.access.notifying.webhooks.record import Webhook


def choice_of(webhook: Webhook) -> Choice:
    """The choice of its types, countries and records."""
    return Choice(
        tuple(map(type_pattern, webhook.types)),
        None if webhook.countries is None else tuple(webhook.countries),
        None if webhook.records is None else tuple(webhook.records),
    )
