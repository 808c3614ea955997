"""A message on the file of a record."""

from dataclasses import dataclass
from typing import Annotated

from shared.records.record import Example, Parts, Public, Record, Written

FILE, INTERNAL = "file", "internal"
AUDIENCES = (FILE, INTERNAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Record):
    """A question, an answer or a note on a file, which nobody changes. It has the country of the file and is never
    published."""

    visibility: Annotated[str, Public]
    text: Annotated[
        str, Public, Written, Example("Which of your fields of science is the main one?"), "What the message says."
    ]
    audience: Annotated[
        str,
        Public,
        Written,
        "Who reads the message: `file` is the applicant and the office, `internal` the office alone.",
    ]
    attachments: Annotated[Parts, Public, Written, "Documents that belong to the message."]
