"""The words in which tiers, their reasons and limits are told."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.web import locale
from fx_settlement.domain.tiers import Bound, Event
from fx_settlement.models import TierReview

HOME = "CNY"

EVENTS: Final[dict[str, Promise]] = {
    Event.JOINED: _("First review"),
    Event.QUARTER: _("Close of a quarter"),
    Event.MISSED: _("A payment was missed"),
    Event.CAUGHT_UP: _("Late money was paid"),
    Event.DEPOSIT: _("A deposit arrived"),
    Event.APPEAL: _("An appeal was granted"),
}

BOUNDS: Final[dict[str, Promise]] = {
    Bound.FOUNDING: _("what every member may begin with"),
    Bound.TURNOVER: _("the tier's part of what was settled in a month"),
    Bound.STOCK: _("a part of the free stock at cost"),
    Bound.DEPOSIT: _("the deposit alone"),
    Bound.ARREARS: _("the deposit alone, as long as money is late"),
}
"""What a limit comes from, the deposit beside it."""


@dataclass(frozen=True)
class Reason:
    """One part of a score: what was seen, its points, and the most that it could have."""

    title: str
    seen: str
    points: Decimal
    most: int

    @property
    def percent(self) -> int:
        """The points as a part of the most, for a bar."""
        return round(self.points * 100 / self.most) if self.most else 0


def reasons_of(made: TierReview) -> list[Reason]:
    """The four parts of a score with the figures behind each."""
    terms = made.terms
    return [
        Reason(gettext("Paid in time"), _paid(made), made.points_on_time, terms.on_time_percent),
        Reason(gettext("Plans kept"), _kept(made), made.points_accuracy, terms.accuracy_percent),
        Reason(
            gettext("Claims"),
            gettext("%(share)s of the goods were lost in claims that nobody granted")
            % {"share": locale.percent(made.loss_ratio)},
            made.points_losses,
            terms.losses_percent,
        ),
        Reason(
            gettext("Declarations"),
            gettext("customs refused %(share)s of the declarations")
            % {"share": locale.percent(made.refusal_ratio)},
            made.points_refusals,
            terms.refusals_percent,
        ),
    ]


def _paid(made: TierReview) -> str:
    if not made.due:
        return gettext("nothing was due yet: history is earned, not assumed")
    said = gettext("%(paid)s of %(due)s requests; few count for less than many")
    return said % {"paid": locale.number(made.on_time), "due": locale.number(made.due)}


def _kept(made: TierReview) -> str:
    if made.accuracy is None:
        return gettext("no round is over yet")
    said = gettext("%(share)s of what was planned was drawn as planned")
    return said % {"share": locale.percent(made.accuracy)}


def moved(made: TierReview) -> str:
    """How a review changed the tier, and why."""
    if made.was is None:
        return gettext("You begin in tier 1; two good quarters in a row raise it by one.")
    if made.tier > made.was:
        return gettext("Up from tier %(was)s.") % {"was": made.was}
    if made.tier < made.was:
        return gettext("Down from tier %(was)s.") % {"was": made.was}
    if made.closes:
        return gettext("The score is above the tier; a second such quarter raises it by one.")
    return gettext("The tier stays.")


def missing_for_next(made: TierReview) -> str:
    """What the next tier asks for, or nothing in the highest one."""
    step = next((s for s in made.terms.terms().steps if s.tier == made.tier + 1), None)
    if step is None:
        return ""
    said = gettext(
        "Tier %(tier)s asks for %(score)s points and %(events)s requests paid or due, "
        "at two closes in a row."
    )
    score = locale.number(step.score_from)
    return said % {"tier": step.tier, "score": score, "events": step.events_from}


def bound_of(made: TierReview) -> str:
    """What the limit comes from."""
    return str(BOUNDS[Bound(made.bound)])


SECTIONS: Final[dict[str, Promise]] = {
    "importer": _("Importer"),
    "tier": _("Tier"),
    "limit": _("Limit"),
    "punctuality": _("Punctuality"),
    "order": _("Orders"),
    "receipt": _("Receipts"),
    "stock": _("Stock"),
    "lien": _("Liens"),
    "payment": _("Payments"),
    "request": _("Requests for money"),
}
"""The sections of an evidence file."""
