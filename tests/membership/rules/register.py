"""What the guards of institutions, merges, imports, retention rules, broadcasts and certificates say."""

from dataclasses import replace
from typing import Any

from services.membership.certificates.certificates import domain as certificates
from services.membership.certificates.certificates.domain import CertificateGuardContext
from services.membership.mailing.broadcasts import domain as broadcasts
from services.membership.mailing.broadcasts.domain import BroadcastGuardContext
from services.membership.protection.retention_rules import domain as retention_rules
from services.membership.protection.retention_rules.domain import RuleGuardContext
from services.membership.register.institutions import domain as institutions
from services.membership.register.institutions.domain import InstitutionGuardContext
from services.membership.register.merges import domain as merges
from services.membership.register.merges.domain import MergeGuardContext
from shared.bulk import imports
from shared.bulk.imports import ImportGuardContext
from tests.support.rules import Rules

_IMPORT = ImportGuardContext(is_dry_run=False, is_under_way=False)
_BROADCAST = BroadcastGuardContext(is_author=False, is_person=True)
_MERGE = ("erased", "winner_merged", "later_merge")


def _import(**changed: Any) -> ImportGuardContext:
    return replace(_IMPORT, **changed)


RULES = (
    Rules(
        "membership.institutions",
        institutions.LIFECYCLE,
        (
            ("link", InstitutionGuardContext(), None),
            ("link", InstitutionGuardContext("institution_missing"), "institution_missing"),
            ("link", InstitutionGuardContext("institution_unknown"), "institution_unknown"),
        ),
    ),
    Rules(
        "membership.merges",
        merges.LIFECYCLE,
        (
            ("undo", MergeGuardContext(None), None),
            *(("undo", MergeGuardContext(code), code) for code in _MERGE),
        ),
    ),
    Rules(
        "membership.imports",
        imports.LIFECYCLE,
        (
            ("undo", _IMPORT, None),
            ("undo", _import(is_dry_run=True), "nothing_was_written"),
            ("undo", _import(is_too_old=True), "too_late"),
            ("undo", _import(is_under_way=True), "under_way"),
        ),
    ),
    Rules(
        "membership.retention_rules",
        retention_rules.LIFECYCLE,
        (
            ("activate", RuleGuardContext(is_covered=False), None),
            ("activate", RuleGuardContext(is_covered=True), "rule_in_force"),
        ),
    ),
    Rules(
        "membership.broadcasts",
        broadcasts.LIFECYCLE,
        (
            ("approve", _BROADCAST, None),
            ("approve", replace(_BROADCAST, is_author=True), "second_person_is_the_first"),
            ("approve", replace(_BROADCAST, is_person=False), "second_person_is_a_client"),
        ),
    ),
    Rules(
        "membership.certificates",
        certificates.LIFECYCLE,
        (
            ("reinstate", CertificateGuardContext(is_holder_suspended=False), None),
            ("reinstate", CertificateGuardContext(is_holder_suspended=True), "holder_suspended"),
        ),
    ),
)
