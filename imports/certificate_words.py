"""A certificate in words, for its page and its print."""

from django.utils.translation import gettext as _

from core.web import locale
from imports.domain.certificate import Certificate

CURRENCY = "CNY"


def name_of(made: Certificate) -> str:
    """The importer's name in the language in force."""
    is_chinese = locale.language() == "zh-hans"
    return made.importer_zh if is_chinese and made.importer_zh else made.importer


def headline(made: Certificate) -> str:
    """The verdict, first."""
    figures = {
        "cost": locale.money(made.cost_minor, CURRENCY),
        "alone": locale.money(made.alone_minor, CURRENCY),
        "saved": locale.money(made.saved_minor, CURRENCY),
        "part": locale.percent(made.share_saved),
    }
    if not made.saved_minor:
        return _("You pay %(cost)s for these goods, as much as alone.") % figures
    return (
        _("You pay %(cost)s for these goods; alone they would cost %(alone)s. You save %(saved)s.")
        % figures
    )


def rule(made: Certificate) -> list[str]:
    """By what rule the share was found."""
    return [
        _(
            "Your share is your cost alone less a part of what all save together. "
            "It is never above your cost alone."
        ),
        _(
            "%(equal)s %% of each line's saving follow equal price: everybody pays the same for "
            "the same unit. The rest follows the Shapley value: what each adds to the cost, on "
            "average over all orders of joining."
        )
        % {"equal": made.equal_price_percent},
        _(
            "Alone means the same units bought by you: at your own price tier, packs and minimum "
            "orders in full, each product from its cheapest supplier."
        ),
        _("Units that nobody asked for are the pool's; their cost is inside the shares."),
    ]


def sum_check(made: Certificate) -> str:
    """Whether shares and orders agree."""
    if made.adds_up:
        return _("The shares of all importers add up to every order, to the last minor unit.")
    return _("The shares do not add up to the orders. Ask the operator before you pay.")


def carriage_note(made: Certificate) -> str:
    """What the estimate of carriage is worth."""
    if made.carriage is None:
        return _("No tariffs are on record for these lanes; carriage is not estimated.")
    return _(
        "Carriage is an estimate at the tariffs below; what is charged stands in the consignments. "
        "Alone it would be %(low)s to %(high)s."
    ) % {
        "low": locale.money(made.carriage.alone_low_minor, CURRENCY),
        "high": locale.money(made.carriage.alone_high_minor, CURRENCY),
    }
