"""The lifecycle of a template, and the kinds of forms."""

from shared.kernel.lifecycle import Lifecycle, transition

APPLICATION, ANNUAL, FINAL, EVALUATION = "application", "annual_report", "final_report", "evaluation"
KINDS = (APPLICATION, ANNUAL, FINAL, EVALUATION)
PUBLISHED = frozenset({"active", "retired"})
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("draft", "active", "retired"),
    (
        transition("activate", "draft", "active", fact="activated"),
        transition("retire", "draft|active", "retired"),
        transition("supersede", "active", "retired", is_scheduled=True),
    ),
)
