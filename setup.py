"""The wheel has one package, `escm`, with the folders of this tree that a running system reads (decision 123)."""

from setuptools import find_namespace_packages, setup

_FOLDERS = ("deploy", "docs", "migrations", "services", "shared")
_LEFT_OUT = (
    *("docs.decisions", "docs.development", "*.__pycache__"),
    *(f"deploy.{name}*" for name in ("containers", "kubernetes", "observability", "packaging", "pgbouncer")),
)
_CLIENT = "clients.python.escm_client"  # for `escm api`
_INCLUDED = (*_FOLDERS, *(f"{name}.*" for name in _FOLDERS), _CLIENT, f"{_CLIENT}.*")
_FOUND = find_namespace_packages(include=_INCLUDED, exclude=_LEFT_OUT)

setup(
    packages=["escm", *(f"escm.{name}" for name in _FOUND)],
    package_dir={"escm": "deploy/packaging/escm", **{f"escm.{name}": name for name in ("clients", *_FOLDERS)}},
    package_data={"": ["*"]},
)
