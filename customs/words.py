"""The words of assessments and answers, for pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from customs import territories
from customs.domain import credit, zone
from customs.domain.jurisdiction import ErrorCode
from customs.domain.payment_leg import Light

STEPS: dict[str, Promise] = {
    "limits-within-limits": _(
        "The order of {value} CNY is within {order_limit} CNY an order and {person_year_limit} CNY "
        "a person and year ({used_this_year} CNY were used): reduced taxation."
    ),
    "limits-full": _(
        "The order of {value} CNY is one item above {order_limit} CNY and within "
        "{person_year_limit} CNY a person and year: taxed in full."
    ),
    "dutiable-value": _(
        "HS code {hs_code}: goods {goods} CNY with {freight_and_insurance} CNY of freight and "
        "insurance are worth {dutiable} CNY."
    ),
    "duty": _("Duty at {rate_percent} %, of which {share_percent} % are levied: {amount} CNY."),
    "consumption-tax": _(
        "Consumption tax at {rate_percent} %, of which {share_percent} % are levied: {amount} CNY."
    ),
    "vat": _("VAT at {rate_percent} %, of which {share_percent} % are levied: {amount} CNY."),
    "rounding": _("Rounded, the taxes are {total} CNY."),
}

BRITISH_STEPS: dict[str, Promise] = {
    "dutiable-value": _("Commodity code {hs_code}: the customs value is {dutiable} GBP."),
    "duty": _("Duty at {rate} on {base} GBP: {amount} GBP."),
    "consumption-tax": _("Excise at {rate} on {base} GBP: {amount} GBP."),
    "vat": _("VAT at {rate} on {base} GBP: {amount} GBP."),
    "rounding": _("Cut to the penny, the taxes are {total} GBP."),
}

STEPS_OF = {"cn": STEPS, "gb": BRITISH_STEPS}
"""Sentences by territory: each explains its own figures."""


SOURCES = (
    gettext_noop("each tax of each line to 0.01 CNY, halves up; the tax notice of customs decides"),
    gettext_noop("VAT and consumption tax regulations of the PRC"),
    gettext_noop("Consumption tax regulations of the PRC"),
    gettext_noop("MOF, STA and GACC announcement 2019 No. 39"),
)
"""Sources of steps that have a name in the reader's language; the others stand as cited."""

PRESS: dict[str, Promise] = {
    "push": _("Send payment"),
    "query": _("Ask for the state"),
    "push_again": _("Send again"),
    "modify": _("Correct payment"),
}
"""The buttons that mend a payment, as its remedies name them."""

_STEPS_OF_PAYMENT: dict[str, Promise] = {
    **PRESS,
    "succeeded": _("Received by customs"),
    "failed": _("Refused by the payment company or customs"),
    "lost": _("Lost on its way to customs"),
    "refund": _("A part was refunded"),
}
_FIGURES: dict[str, Promise] = {
    "order": _("Order no."),
    "payment": _("Payment no."),
    "district": _("Customs of declaration"),
    "amount": _("Amount"),
    "payer": _("Payer"),
}
_LIGHTS: dict[Light, tuple[str, Promise]] = {
    Light.GREEN: ("matched", _("received")),
    Light.AMBER: ("running", _("under way")),
    Light.RED: ("refused", _("to be mended")),
    Light.DARK: ("waiting", _("not heard of")),
}


@dataclass(frozen=True)
class PaperLight:
    """What one paper's light shows: its tone, and its word."""

    paper: str
    tone: str
    word: str


@dataclass(frozen=True)
class StepInWords:
    """One step of an assessment as a sentence, with its source."""

    line_no: int
    sentence: str
    source: str


@dataclass(frozen=True)
class MendingPlace:
    """A page on which the cause of a refusal is mended, open to whoever sees batches."""

    page: str
    name: Promise


MENDED_AT = {
    "records": MendingPlace("imports:records", _("Goods records")),
    "papers": MendingPlace("customs:papers", _("Three papers")),
    "guard": MendingPlace("customs:guard", _("Personal use")),
    "corrections": MendingPlace("customs:corrections", _("Withdrawals and returns")),
}
"""Pages that the table of error codes names; ``again`` is mended by declaring again."""


@dataclass(frozen=True)
class Meaning:
    """What a code of customs means, and what can be done."""

    code: str
    name: str
    remedy: str
    field: str = ""
    """What is to be mended, in words."""
    elements: tuple[str, ...] = ()
    """The same as the elements of the message are named."""
    place: MendingPlace | None = None
    """The page on which it is mended."""


def steps(assessment: Mapping[str, Any]) -> list[StepInWords]:
    """The steps of a stored assessment in the reader's language."""
    rows: Iterable[Mapping[str, Any]] = assessment.get("steps", ())
    sentences = STEPS_OF[assessment.get("jurisdiction", "cn")]
    return [
        StepInWords(
            line_no=row["line_no"],
            sentence=str(sentences[row["code"]]).format(**row["figures"]),
            source=_cited(row["source"]),
        )
        for row in rows
    ]


def _cited(source: str) -> str:
    """A source in the reader's language, part by part."""
    if source in SOURCES:
        return gettext(source)
    return "; ".join(gettext(part) if part in SOURCES else part for part in source.split("; "))


def error(code: str) -> Meaning:
    """An error code of customs in the reader's language; unknown codes speak for themselves."""
    for territory in territories.TERRITORIES.values():
        known = territory.error_codes.get(code)
        if known is not None:
            return _meaning(known, is_chinese=_reads_chinese())
    return Meaning(code, "", "")


def _meaning(known: ErrorCode, *, is_chinese: bool) -> Meaning:
    return Meaning(
        code=known.code,
        name=known.name_zh if is_chinese else known.name_en,
        remedy=known.remedy_zh if is_chinese else known.remedy_en,
        field=known.field_zh if is_chinese else known.field_en,
        elements=known.fields,
        place=MENDED_AT.get(known.mended_at),
    )


def status(code: str) -> str:
    """A return status of customs in the reader's language."""
    for territory in territories.TERRITORIES.values():
        known = territory.return_codes.get(code)
        if known is not None:
            return known.name_zh if _reads_chinese() else known.name_en
    return code


def lights(order: Light, payment: Light, waybill: Light) -> list[PaperLight]:
    """The lights of the three papers in the reader's language."""
    named = ((_("order"), order), (_("payment"), payment), (_("waybill"), waybill))
    return [PaperLight(str(name), _LIGHTS[x][0], str(_LIGHTS[x][1])) for name, x in named]


def press(step: str) -> str:
    """The button of a step of a payment."""
    return str(PRESS[step])


def payment_step(step: str) -> str:
    """A step of a payment that was taken or heard."""
    return str(_STEPS_OF_PAYMENT[step])


def figure(name: str) -> str:
    """What customs compares, by name."""
    return str(_FIGURES[name])


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")


ZONE_STATES: dict[str, tuple[str, Promise]] = {
    zone.WRITTEN: ("waiting", _("written, not heard of")),
    zone.REVIEWED: ("running", _("looked at by an officer")),
    zone.REFUSED: ("refused", _("refused")),
    zone.EXPECTED: ("running", _("pre-approved: announced in the book")),
    zone.APPROVED: ("running", _("approved")),
    zone.CANCELLED: ("cancelled", _("cancelled")),
    zone.HELD: ("refused", _("stopped at the gate")),
    zone.COUNTED: ("done", _("counted against the book")),
    zone.PASSED: ("done", _("passed the gate")),
}
"""Tone and word of each state of a list or gate pass."""


def zone_state(state: str) -> tuple[str, Promise]:
    """Tone and word of a state of a list or gate pass."""
    return ZONE_STATES[state]


ELEMENTS: dict[str, Promise] = {
    "gname": _("Name of the goods"),
    "gmodel": _("Specification"),
    "unit": _("Declared unit"),
    "qty1": _("Statutory quantity"),
    "unit1": _("Statutory unit"),
    "qty2": _("Second quantity"),
    "unit2": _("Second unit"),
    "logisticsNo": _("Waybill no."),
    "grossWeight": _("Gross weight, kg"),
}
"""Elements of a declaration that can be mended, in words."""


def element(name: str) -> str:
    """An element of a declaration in words."""
    return str(ELEMENTS.get(name, name))


GRADES: dict[str, tuple[str, Promise]] = {
    credit.ADVANCED: ("done", _("advanced certified enterprise")),
    credit.CERTIFIED: ("done", _("certified enterprise")),
    credit.REGULAR: ("waiting", _("regular enterprise")),
    credit.DISHONEST: ("refused", _("dishonest enterprise")),
    credit.SERIOUSLY_DISHONEST: ("refused", _("seriously dishonest enterprise")),
}
"""Tone and word of each credit grade."""
