"""The job that builds an edition, file by file: what a killed attempt has stored, the next one takes up."""

import io
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from services.actions.global_report.builds import domain, material, operations, queries
from services.actions.global_report.builds.operations import BUILD_EDITION
from services.actions.global_report.builds.parts import Parts, content_of
from services.actions.global_report.citing.domain import Work, edition_cited
from services.actions.global_report.citing.formats import CITATIONS
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.versions.domain import Unreadable
from services.actions.global_report.volumes import assembling, formats
from services.actions.global_report.volumes.archive import archive_of
from services.actions.global_report.volumes.assembling import Volume
from services.actions.global_report.volumes.charts import drawn_in
from services.actions.global_report.volumes.domain import BuildWarning, Passage, Whole, name_of, places_of
from services.actions.global_report.volumes.jats import article_of
from services.actions.global_report.volumes.reusing import converting
from services.actions.global_report.volumes.state import state_of
from services.actions.global_report.volumes.typesetting import Typesetter
from services.actions.global_report.volumes.writing import Writing
from services.actions.settings import ActionsSettings
from shared.bulk.store import FileStore
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.database.statements import Row
from shared.database.unit_of_work import Origin
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.release import release
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.printing.document import Unprintable
from shared.printing.printer import LayoutFault

_REFERENCES = "references.json"
_CITED = {
    "csl.json": CITATIONS["csl"],
    **{of.ending: of for of in (CITATIONS[name] for name in ("bibtex", "ris", "datacite_json", "datacite_xml"))},
}
"""The citations of the edition, by the ends of the names of their files."""
_OF_PRINT = ("formulas_as_text", "line_numbers_left_out", "symbols_left_out", "reading_profile_missing")
"""What is found when a volume is printed, which is not printed again."""


def build_jobs(store: FileStore, settings: ActionsSettings) -> JobHandlers:
    """The handler of the job. The settings say the prefix of DOIs and the address of the installation."""

    async def handle(run: JobRun) -> dict[str, Any]:
        key = UUID(run.payload["build"])
        async with snapshot(run.database, SYSTEM_CONTEXT) as connection:
            row = await queries.by_id(connection, key)
            edition = await edition_of(connection, row["edition_id"]) if row else None
            if row is None or edition is None:
                raise NotFound("The build is no longer there.")
            whole = await material.whole_of(connection, edition, row["kind"], row["issue"])
        if row["status"] != domain.BUILDING:
            return _result(row)
        making = _Making(run, store, row, whole, edition_cited(whole.edition, settings.doi_prefix, settings.issuer))
        try:
            await making.make()
        except (Unprintable, LayoutFault, Unreadable, Conflict) as error:
            reason = error.reason if isinstance(error, Unprintable) else str(error)
            async with run.unit_of_work() as uow:
                await operations.fail(uow, row, reason)
            raise Conflict(reason, code="not_printable") from None
        async with run.unit_of_work(SYSTEM_CONTEXT, _origin(row, run)) as uow:
            await operations.complete(uow, row, making.warnings)
        return {**_result(row), "made": making.parts.made, "reused": making.parts.reused}

    return {BUILD_EDITION: handle}


def _origin(row: Row, run: JobRun) -> Origin:
    kind, _, author = row["created_by"].partition(":")
    return Origin(Principal(PrincipalKind(kind), UUID(author)), str(run.id))


def _result(row: Row) -> dict[str, Any]:
    return {"build": row["number"], "kind": row["kind"], "languages": list(row["languages"])}


class _Making:
    """A build that is being made."""

    def __init__(self, run: JobRun, store: FileStore, row: Row, whole: Whole, cited: Work) -> None:
        self._run, self._store, self._row, self._whole, self._cited = run, store, row, whole, cited
        self._state = state_of(whole)
        self._name = name_of(whole.edition)
        self._known: Mapping[str, Row] = {}
        self._contents: dict[str, bytes] = {}
        self._done = 0
        self.warnings: list[BuildWarning] = []
        self.parts = Parts(run, store, whole.edition.id)

    async def make(self) -> None:
        """Makes the files that are missing. Raises JobCancelled, Unprintable, Unreadable, and Conflict for an edition
        that changed its state."""
        domain.require_buildable(self._whole.edition, self._row["kind"])
        async with self._run.unit_of_work() as uow:
            is_retracted = self._whole.edition.retraction is not None
            self._known, before = await operations.begin(uow, self._row, self._state, is_retracted=is_retracted)
        await self.parts.load()
        self.warnings += [one for one in before if one["code"] in _OF_PRINT]
        figures = {one.key: one for one in self._whole.figures}
        images: dict[str, bytes] = {
            f"figures/{key}.json": content.encode() for key, content in self._whole.contents.items()
        }
        references: dict[str, Any] = {}
        for language in self._row["languages"]:
            drawn = drawn_in(figures, self._whole.contents, language)
            writing = Writing(language, drawn, converting(self.parts.keep))
            volume = await self._volume(writing)
            await self._volume_files(volume)
            references |= {one["id"]: one for one in assembling.references_of(volume)}
            images |= {f"figures/{key}.{language}.svg": one.svg for key, one in writing.figures.items() if one.svg}
        cited = orjson.dumps([references[key] for key in sorted(references)], option=orjson.OPT_INDENT_2) + b"\n"
        await self._keep(_REFERENCES, None, formats.JSON_MEDIA, cited)
        for ending, of in _CITED.items():
            await self._keep(f"{self._name}.{ending}", None, of.media_type, of.write(self._cited))
        about = {"edition": self._name, "kind": self._row["kind"], "state": self._state, "release": release()}
        archive = archive_of({**self._contents, **images}, about)
        await self._keep(f"{self._name}.zip", None, formats.ZIP_MEDIA, archive)
        await self.parts.note_use()

    async def _volume(self, writing: Writing) -> Volume:
        """The texts of the edition in one language."""
        written, pictures = [], dict[int, Mapping[str, bytes]]()
        for place in places_of(self._whole):
            for passage in place.passages:
                text = passage.text_in(writing.language)
                self._warn_of(passage, text.language, writing.language)
                async with snapshot(self._run.database, SYSTEM_CONTEXT) as connection:
                    found = await queries.content_of(connection, passage.id, text.number)
                    names = sorted({one["name"] for one in found["images"]})
                    images = await queries.images_of(connection, passage.id, names) if names else ()
                pictures[passage.number] = {one["name"]: bytes(one["content"]) for one in images}
                for one in images:
                    await self._keep(one["name"], None, one["media_type"], bytes(one["content"]), passage.number)
                written.append(await writing.write(passage, found["content"], found["cited"], place.level + 1))
                await self._step()
        is_proof = self._row["kind"] != domain.FINAL
        return Volume(self._whole, writing, written, writing.unmentioned(), is_proof, pictures)

    def _warn_of(self, passage: Passage, text: str, language: str) -> None:
        if text != language:
            code = "translation_stale" if language in passage.stale else "translation_missing"
            self.warnings.append({"code": code, "language": language, "contribution": passage.number})

    async def _volume_files(self, volume: Volume) -> None:
        """The files of one language."""

        async def page() -> bytes:
            return assembling.page_of(volume).encode()

        async def markdown() -> bytes:
            return assembling.markdown_of(volume).encode()

        async def article() -> bytes:
            return article_of(volume)

        made: Mapping[str, tuple[str, Callable[[], Awaitable[bytes]]]] = {
            "html": (formats.HTML_MEDIA, page),
            "jats.xml": (formats.JATS_MEDIA, article),
            "md": (formats.MARKDOWN_MEDIA, markdown),
        }
        for ending, (media, make) in made.items():
            await self._file(f"{self._name}.{volume.language}.{ending}", volume.language, media, make)
        async with Typesetter(volume, self.warnings, self.parts.keep) as typesetter:
            name, pdf = f"{self._name}.{volume.language}", formats.PDF_MEDIA
            await self._file(f"{name}.pdf", volume.language, pdf, typesetter.whole)
            for one in volume.written:
                of, chapter = one.passage, partial(typesetter.chapter, one)
                await self._file(f"{name}.{of.outline_key}-{of.number}.pdf", volume.language, pdf, chapter, of.number)

    async def _file(
        self,
        name: str,
        language: str | None,
        media: str,
        make: Callable[[], Awaitable[bytes]],
        contribution: int | None = None,
    ) -> None:
        """Makes a file unless an attempt before has stored it."""
        if (stored := await self._stored(name)) is None:
            await self._keep(name, language, media, await make(), contribution)
        else:
            self._contents[name] = stored
        await self._step()

    async def _stored(self, name: str) -> bytes | None:
        """A file that an attempt before has stored."""
        known = self._known.get(name)
        return await content_of(self._store, known["sha256"]) if known is not None else None

    async def _keep(
        self, name: str, language: str | None, media: str, content: bytes, contribution: int | None = None
    ) -> None:
        """Stores a file, and enters it once it stands."""
        stored = await self._store.put(io.BytesIO(content))
        self._contents[name] = content
        about = {"name": name, "language": language, "media_type": media, "contribution": contribution}
        async with self._run.unit_of_work() as uow:
            digest = {"sha256": stored.digest, "size": stored.size}
            await queries.add_file(uow.connection, self.warnings, build_id=self._row["id"], **about, **digest)

    async def _step(self) -> None:
        self._done += 1
        total = len(self._row["languages"]) * (2 * len(self._whole.passages) + 4)
        await self._run.progress(self._done, total)
        if self._run.cancelled:
            raise JobCancelled
