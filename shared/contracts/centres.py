"""Facts of centres. `formed` is a committee's first entry into `preparatory`; `preparatory` is its return there."""

from shared.contracts.owner import owner

FACTS = owner(
    "centres",
    {
        "committee": (
            "created",
            "updated",
            "formed",
            "preparatory",
            "recognition_review",
            "recognised",
            "suspended",
            "reinstated",
            "dissolved",
            "abandoned",
        ),
        "seat": ("created", "updated", "deleted", "appointed", "ended"),
        "centre": (
            "created",
            "updated",
            "draft",
            "submitted",
            "under_review",
            "info_requested",
            "awaiting_agreement",
            "declined",
            "designated",
            "renewal_due",
            "renewal_review",
            "renewed",
            "suspended",
            "reinstated",
            "expired",
            "closed",
            "withdrawn",
        ),
        "term": ("created", "updated"),
        "review": ("created", "updated"),
        "agreement": (
            "created",
            "updated",
            "in_negotiation",
            "partly_signed",
            "in_force",
            "expired",
            "terminated",
        ),
        "annual_report": ("created", "updated", "draft", "submitted", "accepted", "overdue"),
        "evaluation": ("created", "updated"),
    },
)
