"""The job that prints a document."""

from typing import Any

from services.actions.exchange.open_data.queries import EVERYBODY
from services.actions.exchange.printed_documents import queries
from services.actions.exchange.printed_documents.domain import DocumentKey
from services.actions.exchange.printed_documents.operations import PRINT_JOB, KindsByName, print_document, state_of
from shared.bulk.store import FileStore
from shared.database.snapshot import snapshot
from shared.messaging.job_run import JobHandlers, JobRun


def printing_jobs(kinds: KindsByName, store: FileStore) -> JobHandlers:
    """The handler of the job, for these kinds of documents."""

    async def handle(run: JobRun) -> dict[str, Any]:
        key = DocumentKey(**run.payload)
        kind = kinds[key.kind]
        async with snapshot(run.database, EVERYBODY.context) as connection:
            document = await kind.load(connection, key)
        if document is None:
            return {"size": None}
        state = state_of(document, kind)
        async with run.database.acquire() as connection:
            found = await queries.find(connection, key)
        if found is not None and found.is_finished(state):
            return {"size": found.size}
        printed = await print_document(document, state, kind, store)
        async with run.unit_of_work() as uow:
            await queries.finish(uow.connection, key, printed)
        return {"size": printed.size}

    return {PRINT_JOB: handle}
