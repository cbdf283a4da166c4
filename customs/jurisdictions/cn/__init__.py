"""China: retail import from a bonded zone (supervision mode 1210)."""

from datetime import date

from customs.domain.jurisdiction import Jurisdiction, Messages
from customs.jurisdictions.cn import codes, rates
from customs.jurisdictions.cn.corrections import CORRECTIONS
from customs.jurisdictions.cn.layouts import RETAIL_FORM, retail_sheet
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.retail import KINDS
from customs.jurisdictions.cn.messages.validating import validate
from customs.jurisdictions.cn.rules import RULES
from customs.jurisdictions.cn.signs import SIGNS
from customs.jurisdictions.cn.taxes import ROUNDING, assess, assess_general_trade


def person_year_limit_minor(on: date) -> int | None:
    """What one person may buy through retail import in the year of the day."""
    return rates.limits(on).person_year_minor


def order_limit_minor(on: date) -> int | None:
    """What one order of retail import may be worth."""
    return rates.limits(on).order_minor


JURISDICTION = Jurisdiction(
    code="cn",
    name="China",
    currency="CNY",
    hs_digits=10,
    rounding=ROUNDING,
    documents=("order", "payment", "waybill", "declaration"),
    rules=RULES,
    assess=assess,
    assess_in_full=assess_general_trade,
    person_year_limit_minor=person_year_limit_minor,
    return_codes=codes.return_codes(),
    error_codes=codes.error_codes(),
    code_lists=codes.code_list,
    code_list_names=codes.CODE_LISTS,
    figures={name: rates.table(name) for name in rates.FIGURES},
    layouts={RETAIL_FORM.name: RETAIL_FORM},
    sheet=retail_sheet,
    order_limit_minor=order_limit_minor,
    signs=SIGNS,
    corrections=CORRECTIONS,
    messages=Messages(sent=KINDS, validate=validate, read=read),
)
