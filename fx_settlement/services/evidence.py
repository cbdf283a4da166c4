"""Evidence files: made by a job from an importer's own records, signed, and kept as documents."""

from core import clock, documents, facts, jobs, keys
from core.models import Document, Job, Party
from core.sheets import write_csv
from fx_settlement.domain.evidence import HEADINGS, note_of, note_text
from fx_settlement.queries.evidence import evidence_rows

MAKE_EVIDENCE = "fx.make_evidence"
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "note": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
}


def order_evidence(importer: Party, *, language: str) -> Job:
    """Ask for an importer's evidence file of today; once a day and per language."""
    key = evidence_key(importer, language=language)
    return jobs.order(MAKE_EVIDENCE, key=key, importer=importer.pk, language=language)


def evidence_job(importer: Party, *, language: str) -> Job | None:
    """Today's order of an evidence file, if there is one."""
    return Job.objects.filter(key=evidence_key(importer, language=language)).first()


def evidence_key(importer: Party, *, language: str) -> str:
    """What tells one evidence file from another: whose, of which day, in which language."""
    return f"{MAKE_EVIDENCE}:{importer.pk}:{clock.today()}:{language}"


def evidence_part(job: Job, kind: str) -> Document | None:
    """The file itself, the note that signs it, or its print."""
    return documents.find(f"{job.key}/{kind}") if kind in KINDS else None


def evidence_file(importer: Party) -> tuple[list[tuple[str, ...]], bytes, str]:
    """Rows, file and signed note of an importer's evidence, as the books stand now."""
    today = clock.today()
    rows = [row.cells for row in evidence_rows(importer, today)]
    content = write_csv(HEADINGS, rows)
    text = note_text(importer.code, today, content)
    note = note_of(text, facts.origin(), keys.ring().log_signatures(text.encode()))
    return rows, content, note


def keep_part(job: Job, importer: Party, kind: str, content: bytes) -> Document:
    """Keep one part of an evidence file under the job's key."""
    return documents.store(
        key=f"{job.key}/{kind}",
        content=content,
        filename=f"evidence-{importer.code}-{clock.today()}.{kind}",
        media_type=KINDS[kind],
        owner=importer,
        subject=f"importer:{importer.pk}",
    )
