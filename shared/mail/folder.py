"""The folder of mails where there is no mail server: one file a mail."""

from collections.abc import Collection
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from shared.kernel.text import email_key


def write(folder: Path, message: EmailMessage, identity: UUID) -> None:
    """Writes a mail, which only its owner may read. Blocks."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f"{identity}.part"
    draft.write_bytes(bytes(message))
    draft.chmod(0o600)
    draft.replace(folder / f"{identity}.eml")


def remove(folder: Path, addresses: Collection[str], texts: Collection[str]) -> None:
    """Deletes the mails to one of the addresses, and those with one of the texts. May be repeated. Blocks."""
    keys = {email_key(address) for address in addresses}
    for path in folder.glob("*.eml"):
        with suppress(FileNotFoundError):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
            text = "" if body is None else str(body.get_content())
            if email_key(str(message["To"])) in keys or any(one in text for one in texts):
                path.unlink()
