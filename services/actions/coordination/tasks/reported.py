"""Errors in public records that readers report. Each is a task of the office of the record's country."""

from dataclasses import dataclass, replace
from datetime import timedelta

from services.actions.coordination.tasks import domain
from services.actions.coordination.tasks.operations import TASKS
from services.actions.coordination.tasks.queries import published
from services.actions.coordination.tasks.record import Task
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.countries import FICTIONAL_CODES, known_codes
from shared.kernel.errors import unknown_reference
from shared.kernel.principal import SYSTEM

COUNTRIES = "/actions/v1/countries"
_TIME_TO_ACT = timedelta(days=14)
_TITLES = {
    "en": "Error reported in {ref}",
    "fr": "Erreur signalée dans {ref}",
    "es": "Error notificado en {ref}",
    "ar": "خطأ مُبلَّغ عنه في {ref}",
    "zh": "{ref} 中报告的错误",
    "ru": "Сообщено об ошибке в {ref}",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader says of the record at an address of the API, in a language."""

    record: str
    text: str
    language: str


async def country_of(uow: UnitOfWork, record: str, *, fictional: bool) -> str:
    """The country of a public record. Raises Invalid `unknown_reference` for anything else, and in a sandbox for a
    record of a real country."""
    kind, _, ref = record.rpartition("/")
    is_country = kind == COUNTRIES and ref in known_codes(fictional=fictional)
    country = ref if is_country else await published(uow.connection, kind, ref)
    if country is None or (uow.origin.actor.sandbox and country not in FICTIONAL_CODES):
        raise unknown_reference("/record", "public record")
    return country


async def report(uow: UnitOfWork, country: str, said: Report) -> Task:
    """Makes a task of the report, as the system: nothing is stored of who sent it."""
    ref = said.record.rpartition("/")[2]
    task = TASKS.new(
        {
            "country": country,
            "visibility": "restricted",
            "status": "open",
            "titles": {language: title.format(ref=ref) for language, title in _TITLES.items()},
            "text": {said.language: f"{said.text}\n\n{said.record}"},
            "due": today() + _TIME_TO_ACT,
            "priority": "normal",
            "owner_role": "secretariat_officer",
            "about_kind": domain.REPORTED,
            "completers": [],
        }
    )
    uow.origin = replace(uow.origin, actor=SYSTEM)
    await uow.allow_record(task.id)
    return await TASKS.insert(uow, task)
