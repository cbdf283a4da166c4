"""Draws the certificate of an importer's share: the verdict first, then everything behind it."""

from django.utils.translation import gettext as _

from core.pdf import Align, Column, Facts, Heading, Pdf, Prose, Rows, Weight, flow, render
from core.pdf.flow import Block
from core.web import locale
from imports import certificate_words as told
from imports import words
from imports.certificate_words import CURRENCY
from imports.domain.certificate import Certificate, CertificateLine


def print_certificate(made: Certificate) -> Pdf:
    """A certificate as a file, in the language in force."""
    title = _("Certificate of a share")
    name = f"{told.name_of(made)} · {made.code}"
    blocks: list[Block] = [
        Heading(title, size=20),
        Prose(f"{name} · {locale.month(made.first_month)} – {locale.month(made.last_month)}"),
        Prose(told.headline(made), size=12, weight=Weight.BOLD),
        Facts(_figures(made)),
        Heading(_("Product by product")),
        Rows(_line_columns(), [_line(line) for line in made.lines] + [_total(made)], total=True),
        Heading(_("The rule")),
        *(Prose(text) for text in told.rule(made)),
        *_check(made),
        *_assumptions(made),
    ]
    day = {"day": locale.day(made.planned_on)}
    footer = _("As planned on %(day)s, from the books of the pool") % day
    return render(flow(f"{title} · {name}", blocks, header=name, footer=footer))


def _figures(made: Certificate) -> tuple[tuple[str, str], ...]:
    return (
        (_("Your share"), locale.money(made.cost_minor, CURRENCY)),
        (_("Alone"), locale.money(made.alone_minor, CURRENCY)),
        (_("You save"), locale.money(made.saved_minor, CURRENCY)),
        (_("Part of the cost alone"), locale.percent(made.share_saved)),
    )


def _line_columns() -> tuple[Column, ...]:
    right = Align.RIGHT
    return (
        Column(_("Product"), 30),
        Column(_("Asked"), 9, right),
        Column(_("Yours"), 9, right),
        Column(_("You pay"), 15, right),
        Column(_("Alone: supplier"), 22),
        Column(_("Units"), 9, right),
        Column(_("Alone"), 15, right),
        Column(_("Difference"), 15, right),
    )


def _line(line: CertificateLine) -> tuple[str, ...]:
    is_chinese = locale.language() == "zh-hans"
    return (
        f"{line.name_zh if is_chinese and line.name_zh else line.name} ({line.sku})",
        locale.number(line.asked_units),
        locale.number(line.units),
        locale.money(line.paid_minor, CURRENCY),
        line.alone_supplier,
        locale.number(line.alone_units),
        locale.money(line.alone_minor, CURRENCY),
        locale.money(line.saved_minor, CURRENCY),
    )


def _total(made: Certificate) -> tuple[str, ...]:
    return (
        _("Total"),
        locale.number(sum(line.asked_units for line in made.lines)),
        locale.number(sum(line.units for line in made.lines)),
        locale.money(made.cost_minor, CURRENCY),
        "",
        locale.number(sum(line.alone_units for line in made.lines)),
        locale.money(made.alone_minor, CURRENCY),
        locale.money(made.saved_minor, CURRENCY),
    )


def _assumptions(made: Certificate) -> list[Block]:
    rate_rows = [
        (each.currency, f"{each.rate:f}", locale.day(each.on))
        for each in made.rates
        if each.currency != CURRENCY
    ]
    blocks: list[Block] = [Heading(_("Assumptions"))]
    if rate_rows:
        columns = (
            Column(_("Currency"), 20),
            Column(_("CNY for one"), 30, Align.RIGHT),
            Column(_("Fixed on"), 30),
        )
        blocks.append(Rows(columns, rate_rows))
    blocks.append(Prose(told.carriage_note(made)))
    return blocks + _carriage(made)


def _carriage(made: Certificate) -> list[Block]:
    if made.carriage is None:
        return []
    figures = (
        (_("Carriage in the pool"), locale.money(made.carriage.pooled_minor, CURRENCY)),
        (_("Carriage alone"), locale.money(made.carriage.alone_minor, CURRENCY)),
        (_("Worst trust"), str(words.TRUST[made.carriage.trust])),
        (_("Rows"), locale.number(len(made.carriage.rows))),
    )
    columns = (
        Column(_("Row"), 30),
        Column(_("Date"), 18),
        Column(_("Trust"), 16),
        Column(_("Source"), 60),
    )
    rows = [
        (row.key, locale.day(row.priced_on), str(words.TRUST[row.trust]), row.source or "–")
        for row in made.carriage.rows
    ]
    return [Facts(figures), Rows(columns, rows, size=7)]


def _check(made: Certificate) -> list[Block]:
    columns = (
        Column(_("Order"), 22),
        Column(_("Supplier"), 34),
        Column(_("Total"), 22, Align.RIGHT),
        Column(_("Sum of all shares"), 22, Align.RIGHT),
    )
    rows = [
        (
            each.number,
            each.supplier,
            locale.money(each.total_minor, each.currency),
            locale.money(each.shares_minor, each.currency),
        )
        for each in made.orders
    ]
    return [Heading(_("Sum check")), Prose(told.sum_check(made)), Rows(columns, rows)]
