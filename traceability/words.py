"""What each verdict, suspicion and step is called on the page: tone, title and advice."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from traceability.domain.epcis import Kind
from traceability.domain.verdict import Rule, Verdict

Text = str | Promise


@dataclass(frozen=True)
class VerdictWords:
    """How a verdict is shown: ``tone`` is a class of the design, never the only sign."""

    tone: str
    title: Text
    advice: Text


VERDICTS: dict[Verdict, VerdictWords] = {
    Verdict.GENUINE_FIRST: VerdictWords(
        "ok",
        _("Genuine: the record is complete"),
        _("This is the first look-up of this code."),
    ),
    Verdict.GENUINE_REPEAT: VerdictWords(
        "ok",
        _("Genuine: the record is complete"),
        _("This code was looked up before. If it was not by you, compare the first look-up below."),
    ),
    Verdict.SUSPICIOUS: VerdictWords(
        "warn",
        _("Doubtful: do not rely on this label"),
        _("The code is ours, but something about its use does not fit."),
    ),
    Verdict.EXPIRED: VerdictWords(
        "bad",
        _("Expired: do not use it"),
        _("The unit is ours, but its last day of use has passed."),
    ),
    Verdict.NOT_RELEASED: VerdictWords(
        "bad",
        _("Not released: this unit is still in the bonded warehouse"),
        _("Customs has not released it for sale. Whoever sold it to you did not get it from us."),
    ),
    Verdict.VOIDED: VerdictWords(
        "bad",
        _("Withdrawn label"),
        _("This label was taken out of use and vouches for nothing."),
    ),
    Verdict.RECALLED: VerdictWords(
        "bad",
        _("Recalled: do not use it"),
        _("Stop using the unit and contact the seller; you are owed a remedy."),
    ),
    Verdict.UNKNOWN: VerdictWords(
        "bad",
        _("Unknown: we never issued this code"),
        _("If it is printed on a product, the label is not ours. Tell us where you bought it."),
    ),
    Verdict.BAD_CHECK: VerdictWords(
        "warn",
        _("Misread: this cannot be a trace code"),
        _("At least one character is wrong. Compare it with the label, or scan the symbol."),
    ),
}

RULES: dict[Rule, Text] = {
    Rule.LOOKED_UP_BEFORE_RELEASE: _(
        "It was looked up several times before customs released the unit: it may have been copied."
    ),
    Rule.TOO_MANY_PLACES: _("It was looked up from many networks today: it may have been copied."),
    Rule.DATES_CONTRADICT: _("The dates of its journey contradict each other."),
    Rule.LABELS_DISAGREE: _("The label names another product or lot than the code."),
}

STEPS: dict[str, Text] = {
    Kind.DEPARTED: _("Left the port of loading"),
    Kind.ARRIVED: _("Reached the port of entry"),
    Kind.RECEIVED: _("Counted into the bonded warehouse"),
    Kind.COMMISSIONED: _("Given its trace code"),
    Kind.ENTRY_ACCEPTED: _("Entry accepted by customs"),
    Kind.INSPECTED: _("Inspected by customs"),
    Kind.HELD: _("Held by customs for review"),
    Kind.ENTRY_RELEASED: _("Released by customs"),
    Kind.PICKED: _("Taken from the shelf for its buyer"),
    Kind.SHIPPED: _("Handed over for delivery"),
}
"""The steps that a consumer is shown; who owned the goods in between is not among them."""

EVENTS: dict[str, Text] = {
    **STEPS,
    Kind.OWNED: _("Allocated to an importer"),
    Kind.SOLD: _("Sold to a consumer"),
    Kind.TRANSFERRED: _("Transferred to another importer"),
    Kind.COUNTED: _("Counted"),
    Kind.RETURNED: _("Came back from a consumer"),
    Kind.RESTOCKED: _("Put back on the shelf"),
    Kind.SET_ASIDE: _("Set aside for disposal"),
    Kind.RECALLED: _("Recalled"),
    Kind.LOADED: _("Put on a pallet"),
    Kind.UNLOADED: _("Taken off a pallet"),
    Kind.SAMPLED: _("Sample drawn"),
    Kind.JUDGED: _("Sample judged"),
    Kind.WITHDRAWN: _("Entry withdrawn: the acceptance was an error"),
}
"""Every event of the pool's own, as its operator reads it."""

THINGS: dict[str, Text] = {
    "consignment": _("Consignment {number}"),
    "dispatch": _("Parcel {number}"),
    "declaration": _("Declaration {number}"),
    "unit": _("Unit {number}"),
    "transfer": _("Transfer {number}"),
    "return": _("Return {number}"),
    "recall": _("Recall {number}"),
    "sample": _("Sample {number}"),
}
"""What an event touches, by the kind of its private identifier."""
