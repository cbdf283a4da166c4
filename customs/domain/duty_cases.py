"""A line that asks for a duty by an expression, and the answer to it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from core.domain.errors import Refusal
from customs.domain import duty_expressions as duties
from customs.domain.json_lines import bad, mapping, number


def answer(record: Mapping[str, Any]) -> dict[str, Any]:
    """The amount of duty in pounds; with ``round`` down to the penny, as HMRC computes.

    Raises:
        BadField: a field is missing or no value of its kind.
    """
    expression, rounds = record.get("expr"), record.get("round", False)
    if not isinstance(expression, str) or not expression.strip():
        raise bad("expr", expression or "", "is no duty expression")
    if not isinstance(rounds, bool):
        raise bad("round", rounds, "is neither true nor false")
    basis = _basis(record)
    try:
        amount = duties.evaluate(expression, basis)
    except duties.ExpressionNotRead as refusal:
        part = refusal.params["part"]
        raise bad("expr", expression, f"is no duty expression: “{part}” is not known") from refusal
    except duties.UnitNotRead as refusal:
        raise bad("expr", refusal.params["unit"], "is no unit of duty that is known") from refusal
    except duties.QuantityMissing as refusal:
        raise _lacking(f"quantities.{refusal.params['unit']}", refusal) from refusal
    except duties.ExchangeRateMissing as refusal:
        raise _lacking(f"fx.{refusal.params['currency']}", refusal) from refusal
    return {"amount": penny(amount) if rounds else plain(amount)}


def penny(amount: Fraction) -> str:
    """An amount cut to the penny, towards zero."""
    pence = int(abs(amount) * 100)
    sign = "-" if amount < 0 and pence else ""
    return f"{sign}{pence // 100}.{pence % 100:02d}"


def plain(amount: Fraction) -> str:
    """A fraction with a finite decimal form, written out in full."""
    places, scaled = 0, abs(amount)
    while scaled.denominator != 1:
        scaled, places = scaled * 10, places + 1
    digits = str(scaled.numerator).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if amount < 0 else text


def _basis(record: Mapping[str, Any]) -> duties.Basis:
    value = mapping(record, "customs_value")
    parts = ("monetary", "insurance", "shipping")
    total = sum(
        (number(value, key, place="customs_value.", decimals=12, default="0") for key in parts),
        number(record, "duty_total", decimals=12, default="0"),
    )
    fx = _numbers(record, "fx")
    for currency, pounds in fx.items():
        if not pounds:
            raise bad(f"fx.{currency}", "0", "is not above zero")
    return duties.Basis(total, _numbers(record, "quantities"), fx)


def _numbers(record: Mapping[str, Any], key: str) -> dict[str, Fraction]:
    given = mapping(record, key)
    return {
        "".join(name.split()).upper(): number(
            given, name, place=f"{key}.", decimals=12, default=None
        )
        for name in given
    }


def _lacking(field: str, refusal: Refusal) -> Refusal:
    return bad(field, "", f"is missing: {refusal.reason_text().removesuffix('.')}")
