"""A release uses images of others that are mended for a while."""

import re
from datetime import UTC, date, datetime, timedelta

from deploy.local.folder import PROJECT
from deploy.packaging.images import ending, images
from deploy.packaging.source import committed_at

_NAMED = re.compile(r"image: (?:\$\{\w+:-)?([\w./-]+:[\w.-]+)\}?$", re.MULTILINE)
"""Images without a variable in their name, or what stands for a variable that is not set."""


def _used() -> set[str]:
    files = ("docker-compose.yml", "deploy/containers/archive.yml", "deploy/kubernetes/values.yaml")
    found = {image for file in files for image in _NAMED.findall((PROJECT / file).read_text())}
    dockerfile = (PROJECT / "deploy" / "containers" / "Dockerfile").read_text()
    return found | set(re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile, re.MULTILINE))


def test_every_image_of_others_has_an_end() -> None:
    assert _used() == images(PROJECT).keys()
    assert {image for image, until in images(PROJECT).items() if until is None} == {"axllent/mailpit:v1.27"}


def test_no_image_ends_soon() -> None:
    assert ending(PROJECT, datetime.fromtimestamp(committed_at(), UTC).date()) == []


def test_a_release_is_refused_ninety_days_before_an_image_ends() -> None:
    last = date(2027, 4, 30) - timedelta(days=90)
    assert ending(PROJECT, last) == []
    (said,) = ending(PROJECT, last + timedelta(days=1))
    assert said.startswith("nginx:1.30-alpine is mended until 2027-04-30")


def test_images_are_taken_by_digest_where_a_variable_names_one() -> None:
    compose = (PROJECT / "docker-compose.yml").read_text()
    for name, image in (("NGINX", "nginx:1.30-alpine"), ("POSTGRES", "postgres:18"), ("VALKEY", "valkey/valkey:9")):
        assert f"image: ${{{name}_IMAGE:-{image}}}" in compose
