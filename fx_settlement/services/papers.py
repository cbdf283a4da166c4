"""Statements as files: ordered from a page, drawn in the background, kept as documents."""

from django.db.models import Max

from core import clock, jobs
from core.domain.chart import AccountCode
from core.models import Account, Job, Party
from fx_settlement.queries import pools_of

PRINT_STATEMENT = "fx.print_statement"


def order_statement(importer: Party, year: int, *, language: str) -> Job:
    """Ask for an importer's statement as a PDF; the same books on the same day make it once."""
    return jobs.order(
        PRINT_STATEMENT,
        key=statement_key(importer, year, language=language),
        importer=importer.pk,
        year=year,
        language=language,
    )


def statement_job(importer: Party, year: int, *, language: str) -> Job | None:
    """The order of the statement as the books stand now, if there is one."""
    key = statement_key(importer, year, language=language)
    return Job.objects.select_related("result").filter(key=key).first()


def statement_key(importer: Party, year: int, *, language: str) -> str:
    """What tells one printed statement from another: whose, of when, and the books behind it."""
    subjects = [f"pool:{pool.pk}" for pool in pools_of(importer, year)]
    accounts = Account.objects.filter(
        code=AccountCode.ESCROW, owner_id=importer.pk, subject__in=subjects
    )
    last = accounts.aggregate(last=Max("last_transfer_id"))["last"] or 0
    return f"{PRINT_STATEMENT}:{importer.pk}:{year}:{language}:{clock.today()}:{last}"
