"""Draws an evidence file on paper: whose it is, what it shows, and how to check it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core import facts
from core.models import Party
from core.pdf import Align, Column, Facts, Heading, Pdf, Prose, Rows, flow, render
from core.pdf.flow import Block
from core.web import locale
from fx_settlement.domain.evidence import digest_in
from fx_settlement.tier_words import SECTIONS


def print_evidence(importer: Party, rows: Sequence[tuple[str, ...]], note: str) -> Pdf:
    """The file on paper, in the language in force; its figures are those of the signed file."""
    name = importer.name_zh if locale.language() == "zh-hans" else importer.name
    title = _("Evidence of orders, stock and payments")
    blocks: list[Block] = [
        Heading(title, size=20),
        Prose(f"{name or importer.name} · {importer.code}"),
        Prose(
            _(
                "Taken from the importer's own records in the pool. It promises nothing: no loan, "
                "no guarantee, no judgement of risk. The bank decides."
            )
        ),
        Facts(_counts(rows), columns=4),
    ]
    for section, word in SECTIONS.items():
        own = [row[1:] for row in rows if row[0] == section]
        if own:
            blocks += [Heading(str(word)), Rows(_columns(), own, size=7)]
    blocks += [
        Heading(_("How to check it")),
        Prose(
            _(
                "The file that comes with this print has the sha256 %(digest)s. The note below "
                "signs it with the key of this installation's log; “manage.py evidence FILE NOTE "
                "--key KEY” checks both without a database."
            )
            % {"digest": digest_in(note)}
        ),
        *(Prose(line, size=7) for line in note.splitlines() if line),
        *(Prose(line, size=7) for line in facts.log_verifier_keys().splitlines()),
    ]
    return render(flow(f"{title} · {importer.code}", blocks, header=title, footer=importer.code))


def _counts(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, str]]:
    wanted = ("order", "receipt", "stock", "payment")
    return [
        (str(SECTIONS[each]), locale.number(sum(row[0] == each for row in rows))) for each in wanted
    ]


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Day"), 11),
        Column(_("Reference"), 20),
        Column(_("What"), 33),
        Column(_("Units"), 8, Align.RIGHT),
        Column(_("Currency"), 8),
        Column(_("Amount"), 13, Align.RIGHT),
        Column(_("CNY"), 13, Align.RIGHT),
    )
