"""Work in the background: each task calls one service."""

from core import jobs, tenancy
from core.jobs import JobContext
from fx_settlement import services
from fx_settlement.projections import FOLLOW_CLAIM
from fx_settlement.services.evidence import MAKE_EVIDENCE
from fx_settlement.services.fee_invoices import PRINT_FEE_INVOICE
from fx_settlement.services.papers import PRINT_ACCOUNT, PRINT_STATEMENT
from fx_settlement.services.printing import (
    make_ordered_evidence,
    print_ordered_account,
    print_ordered_fee_invoice,
    print_ordered_statement,
)
from fx_settlement.services.requests import MARK_LATE
from fx_settlement.services.tiers import REVIEW_TIERS
from warehouse.models import Claim


@jobs.task(PRINT_STATEMENT)
def print_statement(job: JobContext) -> bool:
    """Draw one statement."""
    job.attach(print_ordered_statement(job))
    return True


@jobs.task(PRINT_ACCOUNT)
def print_account(job: JobContext) -> bool:
    """Draw one importer's account or exit statement."""
    with tenancy.acting_for(job.args["importer"]):
        job.attach(print_ordered_account(job))
    return True


@jobs.task(MARK_LATE)
def mark_late(job: JobContext) -> bool:
    """Note which requests for money have passed their day."""
    with tenancy.as_operator(MARK_LATE):
        services.mark_late()
    return True


@jobs.task(REVIEW_TIERS)
def review_tiers(job: JobContext) -> bool:
    """Review who is due for it, and settle what limits still owe."""
    with tenancy.as_operator(REVIEW_TIERS):
        services.review_all()
    return True


@jobs.task(FOLLOW_CLAIM)
def follow_claim(job: JobContext) -> bool:
    """Bill back what a supplier does not bear of a claim, and expect what an insurer granted."""
    with tenancy.as_operator(FOLLOW_CLAIM):
        services.follow_claim(Claim.objects.get(pk=job.args["claim"]))
    return True


@jobs.task(MAKE_EVIDENCE)
def make_evidence(job: JobContext) -> bool:
    """Make one evidence file."""
    with tenancy.acting_for(job.args["importer"]):
        job.attach(make_ordered_evidence(job))
    return True


@jobs.task(PRINT_FEE_INVOICE)
def print_fee_invoice(job: JobContext) -> bool:
    """Draw one invoice of the operator's service."""
    with tenancy.as_operator(PRINT_FEE_INVOICE):
        job.attach(print_ordered_fee_invoice(job))
    return True
