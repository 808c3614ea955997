"""Every fact type that this release may announce."""

from shared.contracts import (
    access,
    actions,
    assessments,
    calendars,
    centres,
    membership,
    report,
    reporting,
    signing,
    support,
    tasks,
)

_MODULES = (membership, signing, centres, actions, support, reporting, report, assessments, tasks, calendars, access)
FACTS: frozenset[str] = frozenset().union(*(module.FACTS for module in _MODULES))
