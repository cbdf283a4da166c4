"""Mail: ordered in the caller's transaction with ids only, written and sent by a job.

The address is read from the vault at the moment of sending; failures are tried again like any
job, so the job table is the outbox.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from core import jobs, vault
from core.jobs import JobContext
from core.models.job import Job
from core.models.vault import Person


@dataclass(frozen=True)
class Letter:
    """A letter ready to be sent: to whom, in which language it was written, subject and text."""

    person: Person
    subject: str
    text: str


Writer = Callable[[dict[str, Any]], Letter | None]

writers: dict[str, tuple[Writer, Callable[[dict[str, Any]], str]]] = {}


def writes(kind: str, *, language: Callable[[dict[str, Any]], str]) -> Callable[[Writer], Writer]:
    """Register who writes letters of a kind, and how its reader's language is found."""

    def note(writer: Writer) -> Writer:
        writers[kind] = (writer, language)
        return writer

    return note


def order(kind: str, *, key: str, **ids: Any) -> Job:
    """Ask for a letter once the caller's transaction commits; the same key sends one letter."""
    return jobs.order("core.send_mail", key=f"mail/{kind}/{key}", kind=kind, **ids)


@jobs.task("core.send_mail")
def send(job: JobContext) -> bool:
    """Write the letter in its reader's language and hand it to the mail server."""
    ids = job.args
    writer, language = writers[ids.pop("kind")]
    with translation.override(language(ids)):
        letter = writer(ids)
    if letter is None:
        return True
    address = vault.reveal(letter.person, "mail").get("email", "")
    if address:
        EmailMessage(
            letter.subject, letter.text, from_email=settings.DEFAULT_FROM_EMAIL, to=[address]
        ).send()
    return True
