"""Withdrawal (CEB623) and return (CEB625) in China: time limits and the meaning of answers."""

from datetime import date
from functools import lru_cache

from customs.domain.corrections import ACCEPTED, GRANTED, REFUSED, Corrections, ReturnTerms
from customs.domain.tables import Row, row_in_force
from customs.jurisdictions.cn.rates import table

_MEANINGS = {
    "4": REFUSED,
    "100": REFUSED,
    "120": ACCEPTED,
    "300": ACCEPTED,
    "399": GRANTED,
}
"""Statuses of receipts CEB624 and CEB626; a negative one is a refusal by the system.

Source: GACC interface for retail import 202205, in which 399 ends both.
"""


@lru_cache(maxsize=4096)
def terms(on: date) -> ReturnTerms:
    """Days after release by which goods go back and taxes are paid, by the rules of a day."""

    def row(name: str) -> Row:
        rows = table("retail_rules")
        return row_in_force(rows, table="retail_rules", column="name", key=name, on=on)

    return ReturnTerms(
        asked_within=int(row("return_asked_within")["value"]),
        back_within=int(row("return_back_within")["value"]),
        collected_from=int(row("tax_collected_from")["value"]),
        collected_until=int(row("tax_collected_until")["value"]),
        source=row("return_asked_within")["source"],
    )


def meaning(status: str) -> str | None:
    """The state that an answer leads to; None where it only says that all is under way."""
    return REFUSED if status.startswith("-") else _MEANINGS.get(status)


CORRECTIONS = Corrections(terms=terms, meaning=meaning)
