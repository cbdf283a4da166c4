"""The taxes that a shop is to collect at checkout, before there is an order."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import BaseModel, Field

from core.api_keys import Scope
from customs import services, words
from customs.domain.plain_orders import PlainLine
from portal.api.gate import operation
from portal.api.order_shapes import LineIn
from portal.api.shapes import CURRENCY, Code, Money, Said, minor, money


class QuoteIn(Said):
    """What a consumer is about to order, at prices without tax."""

    pool: Code
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=99)]
    freight: Money = "0.00"


class StepOut(BaseModel):
    """One step of the assessment as a sentence, with its source; line 0 is the whole order."""

    line: int
    sentence: str
    source: str


class QuoteOut(BaseModel):
    """The taxes of an order, and how they are reckoned."""

    currency: str
    regime: str
    dutiable: str
    duty: str
    consumption_tax: str
    vat: str
    tax: str
    steps: list[StepOut]


@operation("POST", "/quotes", scope=Scope.ORDERS_WRITE, answers={200: QuoteOut}, declines=[400])
def quote_taxes(request: HttpRequest, quote: QuoteIn) -> QuoteOut:
    """The taxes to collect at checkout, with every step that leads to them; nothing is kept."""
    lines = [PlainLine(x.product, x.units, minor(x.price)) for x in quote.lines]
    made = services.quote(
        services.pool_named(quote.pool),
        services.ordered_lines(lines),
        freight_minor=minor(quote.freight),
    )
    return QuoteOut(
        currency=CURRENCY,
        regime=made.regime.value,
        dutiable=money(made.dutiable_minor),
        duty=money(made.duty_minor),
        consumption_tax=money(made.consumption_tax_minor),
        vat=money(made.vat_minor),
        tax=money(made.total_minor),
        steps=[
            StepOut(line=step.line_no, sentence=step.sentence, source=step.source)
            for step in words.steps(made.as_json())
        ],
    )
