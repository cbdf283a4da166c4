"""Which offer is dealt at, and what has to be said about it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fx_settlement.domain.batches import QuoteExpired, ReasonNeeded
from fx_settlement.domain.conversion import markup_bps
from fx_settlement.domain.offers import RateOffer, choose

NOW = datetime(2026, 10, 30, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DEAR = RateOffer(1, "Bank A", Decimal("7.2360"), LATER)
CHEAP = RateOffer(2, "Bank B", Decimal("7.2150"), LATER)


def chosen(*offers, wanted=None, reason=""):
    return choose("SB-1", offers, wanted=wanted, reason=reason, now=NOW)


def test_without_a_word_the_cheapest_offer_is_taken():
    assert chosen(DEAR, CHEAP) == CHEAP


def test_a_dearer_offer_needs_a_reason():
    with pytest.raises(ReasonNeeded):
        chosen(DEAR, CHEAP, wanted=1)
    assert chosen(DEAR, CHEAP, wanted=1, reason="B pays too late") == DEAR


def test_the_only_offer_needs_a_reason_unless_the_bank_is_simulated():
    with pytest.raises(ReasonNeeded):
        chosen(DEAR)
    simulated = RateOffer(3, "Simulated", Decimal("7.2"), LATER, is_simulated=True)
    assert chosen(simulated) == simulated


def test_of_one_bank_the_newest_offer_counts_even_if_it_is_dearer():
    again = RateOffer(3, "Bank B", Decimal("7.2400"), LATER)

    assert chosen(DEAR, CHEAP, again) == DEAR


def test_an_offer_that_no_longer_holds_is_not_taken():
    gone = RateOffer(2, "Bank B", Decimal("7.2150"), NOW)

    assert chosen(DEAR, gone, reason="alone") == DEAR
    with pytest.raises(QuoteExpired):
        chosen(DEAR, gone, wanted=2)
    with pytest.raises(QuoteExpired):
        chosen(gone)


def test_of_equal_offers_the_earlier_one_is_taken():
    same = RateOffer(3, "Bank C", CHEAP.all_in, LATER)

    assert chosen(DEAR, same, CHEAP) == CHEAP


def test_a_markup_is_told_in_basis_points_of_the_mid():
    assert markup_bps(Decimal("7.2"), Decimal("7.236")) == Decimal("50.00")
    assert markup_bps(Decimal("7.2"), Decimal("7.19")) == Decimal("-13.89")
