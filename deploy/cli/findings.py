"""The findings of `escm doctor`, and how they are shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import typer

from deploy.cli.console import out


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; `mend` says what to do if it failed."""

    subject: str
    right: bool
    detail: str
    mend: str = ""


def report(findings: Sequence[Finding], *, as_json: bool = False) -> None:
    """Print them; status 1 if something is wrong."""
    if as_json:
        import orjson

        out.file.write(orjson.dumps([asdict(one) for one in findings], option=orjson.OPT_INDENT_2).decode() + "\n")
    for finding in () if as_json else findings:
        out.print("ok    " if finding.right else "wrong ", style="green" if finding.right else "bold red", end="")
        out.print(f"{finding.subject}: {finding.detail}", markup=False)
        if not finding.right:
            out.print(f"      to mend it: {finding.mend}", markup=False)
    if not all(finding.right for finding in findings):
        raise typer.Exit(1)
