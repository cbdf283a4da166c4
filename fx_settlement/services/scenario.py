"""A pool's own payments played again over the history of rates, at the fees in force today."""

from collections.abc import Sequence
from datetime import date, timedelta

from core import clock, rates
from core.domain.errors import Refusal
from core.models import Pool
from fx_settlement import queries
from fx_settlement.domain.rate_files import EuroRates, home_rates
from fx_settlement.domain.rate_history import History
from fx_settlement.domain.scenario import (
    CHOICES,
    Choice,
    NothingToReplay,
    Owed,
    Scenario,
    Tariff,
    play,
    repeated,
)
from fx_settlement.models import FeeRow
from fx_settlement.services import books
from fx_settlement.services.fees import fee_row

RUN_OUT = timedelta(days=100)
"""How far rates are read past a window, so that what came on its last day is dealt with too."""

USUAL_YEARS = 10


class NoSuchPool(Refusal):
    """Raised when a scenario is asked for a pool that does not exist, or owes nothing."""

    code = "no-such-pool"
    reason = "There is no pool “{value}” that owes suppliers anything."
    remedy = "Give the code of a pool whose goods were received."


def pool_to_replay(code: str) -> Pool:
    """The pool with a code; without one the pool that owed last.

    Raises:
        NoSuchPool: there is none.
    """
    pool = queries.pool_by_code(code) if code else queries.newest_pool_owing()
    if pool is None:
        raise NoSuchPool(value=code)
    return pool


def default_window(euro: EuroRates | None = None, *, years: int = USUAL_YEARS) -> tuple[date, date]:
    """The last years that rates are given for, or else are on record for.

    Raises:
        RateTooOld: there are none at all.
    """
    if euro is None:
        known = rates.span()
    else:
        days = euro.get(books.HOME, {})
        known = (min(days), max(days)) if days else None
    if known is None:
        raise rates.RateTooOld(
            currency=books.HOME, days=rates.OLDEST.days, on=clock.today().isoformat()
        )
    first, last = known
    return max(first, last - timedelta(days=years * 365)), last


def play_scenario(
    pool: Pool,
    first: date,
    last: date,
    *,
    euro: EuroRates | None = None,
    choices: Sequence[Choice] = CHOICES,
) -> Scenario:
    """What a pool's obligations, come again in every year of a window, would have cost.

    ``euro`` are rates from a file; without them those on record are used. Five queries.

    Raises:
        NothingToReplay: the pool owes nothing, or nothing that the rates cover.
        NoRatesOf: a currency has no rates in the window.
        NoFeeInForce: no schedule says what a bank takes today.
    """
    pattern = queries.owed_by_day(pool)
    owed = repeated(pattern, first, last)
    if not owed:
        raise NothingToReplay(first=first.isoformat(), last=last.isoformat())
    currencies = sorted({each.currency for each in owed})
    until = last + RUN_OUT
    given = rates.history([books.HOME, *currencies], first, until) if euro is None else euro
    known = home_rates(given, currencies, home=books.HOME, first=first, last=until)
    return play(owed, History(known), _tariff(owed), first=first, last=last, choices=choices)


def _tariff(owed: Sequence[Owed]) -> Tariff:
    """The wire's fee and each currency's margin, as they are in force today."""
    today = clock.today()
    margins = {
        currency: fee_row(FeeRow.Kind.MARGIN, currency, today)[1].fee
        for currency in sorted({each.currency for each in owed})
    }
    return Tariff(fee_row(FeeRow.Kind.WIRE, "", today)[1].fee, margins)
