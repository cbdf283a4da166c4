"""Statements as files: ordered from a page, drawn in the background, kept as documents."""

from django.db.models import Max

from core import clock, jobs
from core.models import Job, Party
from fx_settlement.queries import accounts_of, pools_of

PRINT_STATEMENT = "fx.print_statement"
PRINT_ACCOUNT = "fx.print_account"


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
    accounts = accounts_of(importer, pools_of(importer, year))
    last = accounts.aggregate(last=Max("last_transfer_id"))["last"] or 0
    return f"{PRINT_STATEMENT}:{importer.pk}:{year}:{language}:{clock.today()}:{last}"


def order_account_paper(importer: Party, kind: str, *, language: str) -> Job:
    """Ask for an importer's account, or its exit statement, as a PDF of now.

    ``kind`` is ``account`` or ``exit``.
    """
    key = f"{_account_papers(importer, kind, language)}{clock.now().isoformat()}"
    return jobs.order(PRINT_ACCOUNT, key=key, importer=importer.pk, kind=kind, language=language)


def account_paper_job(importer: Party, kind: str, *, language: str) -> Job | None:
    """Today's latest order of such a paper, if there is one."""
    key = f"{_account_papers(importer, kind, language)}{clock.today()}"
    orders = Job.objects.select_related("result").filter(key__startswith=key)
    return orders.order_by("-pk").first()


def _account_papers(importer: Party, kind: str, language: str) -> str:
    return f"{PRINT_ACCOUNT}:{kind}:{importer.pk}:{language}:"
