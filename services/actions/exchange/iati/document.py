"""An activity as XML of the IATI Standard 2.03, and whether it fits the schema."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from lxml import etree

from services.actions.classification.schemes.record import Tag
from services.actions.exchange.iati.domain import REASONS, Activity, Plan, Reported, missing, of_action, of_programme
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.values import Amount, amount_in, number_of
from services.actions.measurement.targets.record import Target
from shared.kernel.decimals import to_text
from shared.records.record import Texts

VERSION = "2.03"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENGLISH = "en"
_SECTORS = {False: "41010", True: "41082"}
"""OECD DAC purposes: environmental policy, and environmental research for a research project."""
_LEVELS = {"output": "1", "outcome": "2", "impact": "3", "other": "9"}
_MEASURES = {"unit": "1", "percentage": "2", "nominal": "3", "ordinal": "4", "qualitative": "5"}
_DATES = {"planned_start": "1", "actual_start": "2", "planned_end": "3", "actual_end": "4"}
_OTHER = "99"
"""A vocabulary of the reporting organisation."""
_GOAL, _TARGET, _INDICATOR = 1, 2, 3
"""The parts of a code of the SDGs: of a goal, a target and an indicator."""
_TAG_VOCABULARIES = {_GOAL: "2", _TARGET: "3"}
_REFERENCE_VOCABULARIES = {_INDICATOR: "9"}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WGS_84 = "http://www.opengis.net/def/crs/EPSG/0/4326"


@dataclass(frozen=True, slots=True)
class Reporting:
    """The organisation that reports: its identifier, its name and its code of OrganisationType; and the address under
    which files of evidence are read."""

    ref: str
    name: str
    kind: str
    documents: str

    def identifier(self, ref: str) -> str:
        """The identifier of the activity with this ref."""
        return f"{self.ref}-{ref}"


class Made(NamedTuple):
    """An activity with its element, or with the code and the sentence of why it is left out."""

    activity: Activity
    element: etree._Element | None
    code: str | None
    detail: str | None


def made(plan: Plan, by: Reporting) -> Iterator[Made]:
    """The programme and its actions, each as an element or with the reason for which there is none. None names one that
    is left out."""
    programme = of_programme(plan)
    parent = [] if missing(programme) else [programme.ref]
    actions = [_made(replace(of_action(plan, one), related=parent), by) for one in plan.actions]
    related = [one.activity.ref for one in actions if one.element is not None]
    yield _made(replace(programme, related=related), by)
    yield from actions


def head_and_tail(day: date) -> tuple[bytes, bytes]:
    """What surrounds the activities in a document of this day, which is the same for all requests of the day."""
    root = etree.Element("iati-activities", {"version": VERSION, "generated-datetime": f"{day}T00:00:00Z"})
    root.text = ""
    head, _, tail = etree.tostring(root, xml_declaration=True, encoding="utf-8").rpartition(b"</")
    return head, b"</" + tail


def _made(activity: Activity, by: Reporting) -> Made:
    if code := missing(activity):
        return Made(activity, None, code, REASONS[code])
    try:
        element = _element(activity, by)
        fault = _fault(element)
    except ValueError:
        element, fault = None, "A text has characters that XML does not have."
    if fault:
        return Made(activity, None, "not_valid", f"{REASONS['not_valid']}: {fault}")
    return Made(activity, element, None, None)


def _element(of: Activity, by: Reporting) -> etree._Element:
    """The activity, in the order of elements that the schema requires."""
    language = _ENGLISH if _ENGLISH in of.titles else min(of.titles, default=_ENGLISH)
    root = etree.Element("iati-activity", {_LANG: language, "hierarchy": str(of.hierarchy)})
    _add(root, "iati-identifier").text = by.identifier(of.ref)
    _narratives(_add(root, "reporting-org", ref=by.ref, type=by.kind), {_ENGLISH: by.name})
    _narratives(_add(root, "title"), of.titles)
    _narratives(_add(root, "description", type="1"), of.descriptions)
    for organisation in of.organisations:
        named = {"ref": f"XI-ROR-{organisation.ror.rpartition('/')[2]}"} if organisation.ror else {}
        _narrative(_add(root, "participating-org", role=str(organisation.role), **named), organisation.name)
    _add(root, "activity-status", code=str(of.status))
    for name, kind in _DATES.items():
        day: date | None = getattr(of.dates, name)
        if day is not None:
            _add(root, "activity-date", **{"type": kind, "iso-date": str(day)})
    _add(root, "recipient-country", code=of.country)
    for place in of.details.locations:
        _locate(_add(root, "location"), place["name"] or place["subdivision"], place["lat"], place["lon"])
    _add(root, "sector", vocabulary="1", code=_SECTORS[of.details.is_research])
    for tag in of.details.tags:
        _code(_add(root, "tag", code=tag["code"], vocabulary=_vocabulary(tag, _TAG_VOCABULARIES)), tag)
    for file in of.details.documents:
        link = _add(root, "document-link", url=f"{by.documents}/{file.id}", format=file.media_type)
        _narratives(_add(link, "title"), {file.language or _ENGLISH: file.title})
        _add(link, "category", code=file.category)
    kind = "2" if of.hierarchy == 1 else "1"
    for ref in of.related:
        _add(root, "related-activity", ref=by.identifier(ref), type=kind)
    for reported in of.reported:
        _report(root, reported)
    return root


def _fault(of: etree._Element) -> str | None:
    """Why an element does not fit the schema, or None."""
    try:
        _schema().assertValid(of)
    except etree.DocumentInvalid as error:
        return str(error)
    return None


@cache
def _schema() -> etree.XMLSchema:
    source = files("services.actions.exchange.iati").joinpath("data/iati-activities-schema.xsd")
    return etree.XMLSchema(etree.parse(str(source), etree.XMLParser(no_network=True)))


def _add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    """A new element, its attributes without the characters that XML does not have."""
    return etree.SubElement(parent, tag, {name: _cleaned(value) for name, value in attributes.items()})


def _cleaned(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _narratives(of: etree._Element, texts: Texts) -> None:
    for language, text in texts.items():
        _narrative(of, text, language)


def _narrative(of: etree._Element, text: str, language: str | None = None) -> None:
    """A text, without the characters that XML does not have; without a language it is in that of the activity."""
    said = etree.SubElement(of, "narrative", {} if language is None else {_LANG: language})
    said.text = _cleaned(text)


def _locate(of: etree._Element, name: str | None, lat: float | None, lon: float | None) -> None:
    if name:
        _narrative(_add(of, "name"), name)
    if lat is not None and lon is not None:
        _add(_add(of, "point", srsName=_WGS_84), "pos").text = f"{lat} {lon}"


def _vocabulary(tag: Tag, of_sdg: Mapping[int, str]) -> str:
    return of_sdg.get(len(tag["code"].split(".")), _OTHER) if tag["scheme"] == "sdg" else _OTHER


def _code(of: etree._Element, tag: Tag) -> None:
    """A code of the reporting organisation says of which scheme it is."""
    if of.get("vocabulary") == _OTHER:
        _narrative(of, f"{tag['scheme']} {tag['code']}")


def _report(root: etree._Element, reported: Reported) -> None:
    of = reported.of
    is_summed = str(of.across != "none").lower()
    result = etree.SubElement(root, "result", {"type": _LEVELS[of.level], "aggregation-status": is_summed})
    _narratives(_add(result, "title"), of.titles)
    ascending = {} if of.direction == "none" else {"ascending": str(of.direction == "ascending").lower()}
    indicator = etree.SubElement(
        result, "indicator", {"measure": _MEASURES[of.measure], **ascending, "aggregation-status": is_summed}
    )
    _narratives(_add(indicator, "title"), of.titles)
    if of.definition:
        _narratives(_add(indicator, "description"), of.definition)
    for tag in of.codes:
        _add(indicator, "reference", vocabulary=_vocabulary(tag, _REFERENCE_VOCABULARIES), code=tag["code"])
    for baseline in reported.baselines:
        for value in _values(of, baseline):
            value.write(_add(indicator, "baseline", year=str(baseline.year)))
    for period, targets, actuals in reported.periods:
        part = _add(indicator, "period")
        _add(part, "period-start", **{"iso-date": str(period.starts)})
        _add(part, "period-end", **{"iso-date": str(period.ends)})
        for name, records in (("target", targets), ("actual", actuals)):
            for record in records:
                for value in _values(of, record):
                    value.write(_add(part, name))


@dataclass(frozen=True, slots=True)
class _Value:
    """A value with the dimensions of its part; without a text for what is qualitative or missing."""

    text: str | None
    dimensions: Mapping[str, str]
    comment: Texts

    def write(self, to: etree._Element) -> None:
        if self.text is not None:
            to.set("value", _cleaned(self.text))
        for name, value in self.dimensions.items():
            _add(to, "dimension", name=name, value=value)
        if self.comment:
            _narratives(_add(to, "comment"), self.comment)


def _values(of: Indicator, record: Result | Target) -> Iterator[_Value]:
    """The value of the whole, and one for each of its parts."""
    fraction = (record.numerator, record.denominator) if isinstance(record, Result) else (None, None)
    yield _Value(_number(Amount(record.value, *fraction), of) or record.code, {}, _comment(record))
    for part in record.breakdown:
        yield _Value(_number(amount_in({**part}), of), part["dimensions"], {})


def _number(of: Amount, indicator: Indicator) -> str | None:
    number = number_of(of, indicator.measure)
    return None if number is None else to_text(number)


def _comment(record: Result | Target) -> Texts:
    """What a qualitative result says; else the comment, after the reason for which a value is missing."""
    if isinstance(record, Result) and record.text:
        return record.text
    missing = record.missing if isinstance(record, Result) else None
    said = ": ".join(part for part in (missing, record.comment) if part)
    return {_ENGLISH: said} if said else {}
