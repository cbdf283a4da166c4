"""The rules of a territory as a document for people, written from the rules themselves."""

from collections.abc import Iterator, Sequence

from customs.domain.jurisdiction import ErrorCode, Jurisdiction, Rule
from customs.domain.tables import Row

TITLES = {
    "retail_rules": "Limits and shares",
    "vat_rates": "VAT rates",
    "vat_classes": "Headings in the reduced VAT class",
    "consumption_tax": "Consumption tax",
    "reliefs": "Reliefs",
    "excise_goods": "Goods that the relief leaves out",
    "duty_mfn_2026": "Duty for most favoured nations, 2026 edition (partial)",
}
MOST_ROWS = 60
"""Longer tables are counted, not printed."""


def rulebook(territory: Jurisdiction) -> str:
    """The rules, figures and answers of a territory in Markdown."""
    return "\n".join(
        [*_head(territory), *_rules(territory), *_figures(territory), *_answers(territory)]
    )


def _head(territory: Jurisdiction) -> Iterator[str]:
    yield f"# Rules: {territory.name}"
    yield ""
    yield "Written by `manage.py write_rules` from the rules that the code applies; do not edit."
    yield f"Currency {territory.currency}; HS codes of {territory.hs_digits} digits."
    yield f"Rounding: {territory.rounding}."
    yield ""


def _rules(territory: Jurisdiction) -> Iterator[str]:
    yield "## What order, payment and waybill must keep"
    yield ""
    yield from _table(
        ("rule", "a breach reads", "what to do", "source", "in force"),
        [_rule_row(rule) for rule in territory.rules],
    )


def _rule_row(rule: Rule) -> tuple[str, ...]:
    until = f" until before {rule.valid_before}" if rule.valid_before else ""
    return (
        f"`{rule.code}`",
        rule.refusal.reason,
        rule.refusal.remedy,
        rule.source,
        f"from {rule.valid_from}{until}",
    )


def _figures(territory: Jurisdiction) -> Iterator[str]:
    for name, rows in territory.figures.items():
        yield f"## {TITLES.get(name, name)}"
        yield ""
        if len(rows) > MOST_ROWS:
            yield f"{len(rows)} rows; source: {rows[0]['source']}; trust: {rows[0]['trust']}."
            yield ""
        else:
            yield from _table(tuple(rows[0]), [_cells(row) for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    return tuple(row.values())


def _answers(territory: Jurisdiction) -> Iterator[str]:
    if territory.why_no_messages:
        yield "## Messages"
        yield ""
        yield territory.why_no_messages
        yield ""
    yield "## Answers of customs"
    yield ""
    codes = territory.return_codes.values()
    yield from _table(
        ("status", "name", "meaning", "leads to"),
        [(code.code, code.name_zh, code.name_en, code.state) for code in codes],
    )
    if not territory.error_codes:
        return
    yield "## Reasons of refusal"
    yield ""
    errors = territory.error_codes.values()
    yield from _table(
        ("code", "name", "meaning", "field to mend", "what to do"),
        [
            (error.code, error.name_zh, error.name_en, _fields(error), error.remedy_en)
            for error in errors
        ],
    )


def _fields(error: ErrorCode) -> str:
    """The fields to mend in words, with the elements of the message that hold them."""
    elements = ", ".join(f"`{name}`" for name in error.fields)
    return f"{error.field_en} ({elements})" if elements else error.field_en


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""
