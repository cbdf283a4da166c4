"""Draws an importer's accounts in the pools, and what is between the two if it leaves."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.models import Party
from core.pdf import Align, Column, Facts, Heading, Pdf, Prose, Rows, flow, render
from core.pdf.flow import Block
from core.pdf.fonts import Weight
from core.web import locale
from fx_settlement import words
from fx_settlement.queries import Escrow, ExitStatement

HOME = "CNY"


def print_account(importer: Party, escrows: Sequence[Escrow]) -> Pdf:
    """Every movement on an importer's accounts, newest first, each with what was left after it."""
    blocks: list[Block] = []
    for escrow in escrows:
        blocks += [
            Heading(_named(escrow.pool, escrow.pool_zh)),
            Facts(
                [
                    (_("On your account"), _cny(escrow.balance_minor)),
                    (_("Set aside for payments"), _cny(escrow.held_minor)),
                    (_("Free"), _cny(escrow.free_minor)),
                ],
                columns=3,
            ),
            _movements(escrow),
        ]
    return _drawn(importer, _("Account"), blocks)


def _movements(escrow: Escrow) -> Rows:
    columns = (
        Column(_("Day"), 15), Column(_("What for"), 30), Column(_("Amount"), 16, Align.RIGHT),
        Column(_("Left"), 16, Align.RIGHT), Column(_("Transfer"), 33),
    )  # fmt: skip
    rows = [
        (
            locale.day(row.on),
            str(words.REASONS.get(row.code, row.code)),
            _cny(row.amount_minor),
            _cny(row.left_minor),
            row.key,
        )
        for row in escrow.movements
    ]
    return Rows(columns, rows, size=7.5)


def print_exit(importer: Party, statements: Sequence[ExitStatement]) -> Pdf:
    """What would be between an importer and each pool if it left today, or is since it left."""
    blocks = [block for made in statements for block in _leaving(made)]
    return _drawn(importer, _("Exit statement"), blocks)


def _leaving(made: ExitStatement) -> Iterable[Block]:
    yield Heading(_named(made.pool, made.pool_zh))
    if made.left_on:
        yield Prose(_("left on %(day)s") % {"day": locale.day(made.left_on)})
    else:
        yield Prose(_("if you left on %(day)s") % {"day": locale.day(made.as_of)})
    yield Prose(_verdict(made), size=11, weight=Weight.BOLD)
    note = _(
        "Foreign amounts are taken at the mid of the day; charges that nobody has shared yet are "
        "not in it."
    )
    yield Prose(note, size=8)
    columns = (Column(_("What"), 60), Column(_("Amount"), 40, Align.RIGHT))
    yield Rows(columns, list(_lines(made)))
    if made.stock:
        yield _stock(made)


def _stock(made: ExitStatement) -> Rows:
    columns = (
        Column(_("Stock left"), 60), Column(_("Units"), 20, Align.RIGHT),
        Column(_("of them promised"), 20, Align.RIGHT),
    )  # fmt: skip
    rows = [
        (
            _named(row.product, row.product_zh),
            locale.number(row.units),
            locale.number(row.reserved_units),
        )
        for row in made.stock
    ]
    return Rows(columns, rows)


def _verdict(made: ExitStatement) -> str:
    amount = {"amount": _cny(made.left_minor)}
    if made.left_minor >= 0:
        return _("%(amount)s would come back once all that is owed is paid") % amount
    return _("%(amount)s: so much is missing to pay all that is owed") % amount


def _lines(made: ExitStatement) -> Iterable[tuple[str, str]]:
    yield _("On your account"), _cny(made.balance_minor)
    yield _("of it set aside"), _cny(made.held_minor)
    for owed in made.owed:
        label = _("Owed to suppliers in %(currency)s") % {"currency": owed.currency}
        told = locale.money(owed.amount_minor, owed.currency)
        yield label, f"{told} · {_cny(owed.cny_minor)} · {locale.day(owed.mid_on)}"
    yield _("Asked for and not paid"), _cny(made.asked_minor)
    yield _("Expected from insurers"), _cny(made.expected_minor)
    yield _("Committed to rounds not yet paid"), _cny(made.committed_minor)
    if made.liened_units:
        yield _("Units under liens"), locale.number(made.liened_units)


def _drawn(importer: Party, title: str, blocks: Sequence[Block]) -> Pdf:
    name = _named(importer.name, importer.name_zh)
    whole: list[Block] = [Heading(title, size=20), Prose(f"{name} · {importer.code}"), *blocks]
    return render(flow(f"{title} · {importer.code}", whole, header=title, footer=importer.code))


def _named(english: str, chinese: str) -> str:
    return chinese if locale.language() == "zh-hans" and chinese else english


def _cny(minor: int) -> str:
    return locale.money(minor, HOME)
