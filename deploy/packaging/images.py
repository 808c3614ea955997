"""The images of others that the containers use, and until when their makers mend them."""

import csv
from datetime import date, timedelta
from pathlib import Path

_FILE = Path("deploy/packaging/images.csv")
_LEFT = timedelta(days=90)
"""How long the images of a release are mended at least."""


def images(source: Path) -> dict[str, date | None]:
    """The images with the days on which their support ends; None for those that are for development alone."""
    with (source / _FILE).open(encoding="utf-8", newline="") as lines:
        return {
            line["image"]: date.fromisoformat(line["until"]) if line["until"] else None
            for line in csv.DictReader(lines)
        }


def ending(source: Path, on: date) -> list[str]:
    """A sentence for each image that is not mended for long enough after a day."""
    return [
        f"{image} is mended until {until}: take its next release, and correct {_FILE}"
        for image, until in images(source).items()
        if until is not None and until < on + _LEFT
    ]
