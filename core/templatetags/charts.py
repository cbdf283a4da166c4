"""Template tags for charts: the picture, its legend, and its figures as a table."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.domain import trade
from core.web import charts, locale

register = template.Library()

MONTHS = range(1, 13)


@register.simple_tag
def month_bars(title: str, series: Sequence[charts.Series], currency: str = "") -> SafeString:
    """``{% month_bars title series %}``: twelve months of units, or of minor units of a currency.

    ``series`` are ``core.web.charts.Series`` with twelve values each.
    """
    return column_bars(title, [locale.month_name(number) for number in MONTHS], series, currency)


@register.simple_tag
def column_bars(
    title: str,
    months: Sequence[str],
    series: Sequence[charts.Series],
    currency: str = "",
    corner: str = "",
) -> SafeString:
    """``{% column_bars title months series %}``: named months, a value of each series for each.

    ``corner`` says what stands in the first column of the figures, where that is not months.
    """
    full = _figure_words(currency)
    totals = ((row.name, sum(value or 0 for value in row.values)) for row in series)
    description = "; ".join(f"{name}: {full(total)}" for name, total in totals)
    drawn = charts.grouped_bars(title, description, months, series, show=_short_figure(currency))
    rows = [(month, [row.values[place] for row in series]) for place, month in enumerate(months)]
    names = [row.name for row in series]
    table = _table(title, corner or _("Month"), names, rows, full)
    return _figure(title, drawn, charts.legend(names), table)


@register.simple_tag
def stacked_bars(title: str, bars: Sequence[charts.Bar], currency: str = "") -> SafeString:
    """``{% stacked_bars title bars "CNY" %}``: bars made of parts, such as alone beside pooled.

    ``bars`` are ``core.web.charts.Bar`` with parts in minor units of the currency.
    """
    show = _figure_words(currency)
    description = "; ".join(f"{bar.name}: {show(bar.total)}" for bar in bars)
    drawn = charts.stacked_bars(title, description, bars, show=show)
    parts = charts.part_names(bars)
    rows = [(part, [bar.parts.get(part) for bar in bars]) for part in parts]
    rows.append((_("Total"), [bar.total for bar in bars]))
    table = _table(title, _("Part"), [bar.name for bar in bars], rows, show)
    return _figure(title, drawn, charts.legend(parts), table)


@register.simple_tag
def lying_spans(
    title: str, rows: Sequence[charts.Span], unit: str, names: Sequence[str]
) -> SafeString:
    """``{% lying_spans title rows "bps" names %}``: figures with their reach on both sides.

    Figures are tenths of the unit; ``names`` head the table's columns: low, middle, high.
    """

    def show(tenths: int) -> str:
        return f"{locale.number(Decimal(tenths).scaleb(-1))} {unit}"

    description = "; ".join(f"{row.name}: {show(row.low)} … {show(row.high)}" for row in rows)
    drawn = charts.lying_spans(title, description, rows, show=show)
    figures = [(row.name, [row.low, row.middle, row.high]) for row in rows]
    table = _table(title, "", names, figures, show)
    return _figure(title, drawn, SafeString(""), table)


def _figure(title: str, drawn: SafeString, legend: SafeString, table: SafeString) -> SafeString:
    return format_html(
        '<figure class="chart-figure">{}<div class="scroll" role="region" tabindex="0" '
        'aria-label="{}">{}</div><details class="more"><summary>{}</summary>{}</details></figure>',
        legend,
        title,
        drawn,
        _("Figures"),
        table,
    )


def _table(
    title: str,
    corner: str,
    headings: Sequence[str],
    rows: Sequence[tuple[str, Sequence[int | None]]],
    show: charts.Show,
) -> SafeString:
    head = format_html_join(
        "", '<th class="num" scope="col">{}</th>', ((heading,) for heading in headings)
    )
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (
                name,
                format_html_join(
                    "",
                    '<td class="num">{}</td>',
                    (("–" if value is None else show(value),) for value in values),
                ),
            )
            for name, values in rows
        ),
    )
    return format_html(
        '<div class="scroll"><table><caption class="unseen">{}</caption>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>',
        title,
        corner,
        head,
        body,
    )


def _figure_words(currency: str) -> charts.Show:
    """Figures in full: grouped units, or money with its sign."""
    if not currency:
        return locale.number
    return lambda value: locale.money(value, currency)


def _short_figure(currency: str) -> charts.Show:
    """Figures beside an axis: no sign, and no decimals where there are none."""
    if not currency:
        return locale.number

    def show(value: int) -> str:
        amount = Decimal(trade.from_minor(value, currency))
        return locale.number(int(amount) if amount == amount.to_integral_value() else amount)

    return show
