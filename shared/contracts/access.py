"""Facts of access."""

from shared.contracts.owner import OF_TWO, owner

FACTS = owner(
    "access",
    {
        "account": (*OF_TWO, "created", "updated", "suspended", "reinstated", "erased"),
        "grant": ("created", "updated", "activated", "revoked", "expired"),
        "client": (*OF_TWO, "created", "updated", "activated", "revoked", "expired"),
        "api_key": (*OF_TWO, "created", "updated", "suspended", "activated", "revoked", "expired"),
        "session": ("created", "ended", "expired"),
        "webhook": ("created", "updated", "deleted", "pinged", "disabled"),
    },
)
