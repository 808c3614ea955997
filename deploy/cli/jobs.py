"""`escm jobs`: what the queue gave up on."""

import typer

app = typer.Typer(help="Dead letters of the queue.", no_args_is_help=True)
