"""`escm mail`: the mail server."""

import asyncio
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Annotated
from uuid import uuid4

import typer

from deploy.cli.console import fail, out

app = typer.Typer(help="The mail server of this installation.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `test` a command of its own."""


@app.command()
def test(address: Annotated[str, typer.Argument(help="Who gets the mail.")]) -> None:
    """Send one mail by the server that the services use."""
    if "@" not in parseaddr(address)[1] or not address.isascii():
        fail(f"{address} is not a mail address")
    from shared.configuration.settings import Settings
    from shared.kernel.clock import now
    from shared.mail.sending import MailNotTaken, MailRefused, MailServer

    settings, identity = Settings(), uuid4()
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = settings.mail_sender, address, "Test of the mail server"
    message["Message-ID"] = f"<{identity}@{parseaddr(settings.mail_sender)[1].rpartition('@')[2]}>"
    message["Date"] = format_datetime(now())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("The ESCM system can send mail with these settings.\n")

    async def send() -> None:
        server = MailServer(settings)
        await server.deliver(message, identity)
        await server.close()

    try:
        asyncio.run(send())
    except (MailNotTaken, MailRefused) as refused:
        fail(f"the mail was not sent: {refused}")
    where = f"a file in {settings.mail_folder}" if settings.smtp_url is None else "accepted by the mail server"
    out.print(f"The mail to {address} is {where}.", markup=False)
