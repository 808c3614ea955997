"""Facts of actions. `stage_changed` announces another stage of a country, or a change of one of its seven facts."""

from shared.contracts.owner import OF_TWO, owner

_REPORT = (
    "created",
    "updated",
    "submitted",
    "in_review",
    "changes_requested",
    "cleared",
    "published",
    "superseded",
    "retracted",
)

FACTS = owner(
    "actions",
    {
        "framework": ("created", "updated"),
        "programme": (
            *OF_TWO,
            "created",
            "updated",
            "designing",
            "plan_review",
            "approved",
            "implementing",
            "paused",
            "completed",
            "discontinued",
            "stage_changed",
        ),
        "action": (
            "created",
            "updated",
            "planned",
            "in_progress",
            "finalising",
            "closed",
            "suspended",
            "cancelled",
        ),
        "milestone": ("created", "updated", "in_progress", "claimed", "done", "dropped", "overdue"),
        "indicator": ("created", "updated"),
        "period": ("created", "updated", "closed"),
        "target": ("created", "updated"),
        "result": ("created", "updated", "draft", "submitted", "approved", "accepted", "published"),
        "report": _REPORT,
        "contribution": _REPORT,
        "assessment": ("created", "updated"),
        "evidence": ("created", "updated", "deleted"),
        "government_body": ("created", "updated"),
        "focal_point": ("created", "updated", "activated", "handing_over", "ended", "vacant"),
        "correspondence": ("created", "updated", "awaiting_reply", "answered", "closed", "overdue"),
        "meeting": ("created", "updated"),
        "endorsement": ("created", "updated", "verified", "expired", "withdrawn", "superseded"),
        "support_request": ("created", "updated"),
        "edition": ("created", "updated"),
    },
)
