"""Signs that people's names or yearly amounts are used by others, and what a person may buy.

Customs asks operators to look for orders that are not for personal use: many people at one
address, one person at many addresses, the same goods again and again. Each sign is a dated rule
with its source and the figure from which it counts; what it finds is judged by a person.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.errors import Refusal
from core.domain.transitions import StateTable

OPEN, DISMISSED, UPHELD, REPORTED = "open", "dismissed", "upheld", "reported"
DISMISS, UPHOLD, REPORT = "dismiss", "uphold", "report"

CASE_STEPS = StateTable({OPEN: {DISMISS: DISMISSED, UPHOLD: UPHELD}, UPHELD: {REPORT: REPORTED}})
"""A case is judged once; only what was upheld is reported to customs."""


class Key(StrEnum):
    """What orders have in common."""

    ADDRESS = "address"
    PHONE = "phone"
    BUYER = "buyer"


class Counted(StrEnum):
    """What is counted among orders that have a key in common."""

    BUYERS = "buyers"
    ADDRESSES = "addresses"
    UNITS = "units"
    NEAR_LIMIT = "near_limit"


class ManyBuyersOneAddress(Refusal):
    """Said when more people order to one address than share a home."""

    code = "many-buyers-one-address"
    reason = "{count} people ordered to one address within {days} days; {most} raise a question."
    remedy = "Ask the shop who lives or works there; report it if names were lent."


class ManyBuyersOnePhone(Refusal):
    """Said when parcels of several people are announced to one telephone."""

    code = "many-buyers-one-phone"
    reason = "Parcels of {count} people name one telephone in {days} days; {most} raise a question."
    remedy = "Ask the shop whose telephone it is; report it if names were lent."


class OneBuyerManyAddresses(Refusal):
    """Said when one person's orders go to more addresses than a person has."""

    code = "one-buyer-many-addresses"
    reason = "One person ordered to {count} addresses within {days} days; {most} raise a question."
    remedy = "Ask the buyer whether all orders are theirs; report it if the identity was misused."


class GoodsForResale(Refusal):
    """Said when one address takes more of a product than a household uses."""

    code = "goods-for-resale"
    reason = (
        "{count} units of one product went to one address in {days} days; {most} are asked about."
    )
    remedy = "Ask for the use; goods bought in retail import may not be sold again."


class SplitBelowLimit(Refusal):
    """Said when orders to one address stay just below the limit of an order."""

    code = "split-below-limit"
    reason = "{count} orders just below the limit went to one address in {days} days."
    remedy = "See whether one purchase was split; it would have to be imported as general trade."


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: what is common, what is counted, and from which figure a person has to look.

    ``most`` within ``days`` days opens a case. Figures are ours until an authority names one; the
    duty to look is the authority's.
    """

    refusal: type[Refusal]
    key: Key
    counted: Counted
    most: int
    days: int
    source: str
    valid_from: date
    valid_before: date | None = None

    @property
    def code(self) -> str:
        """Its stable code, which is that of its refusal."""
        return self.refusal.code

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)

    def said(self, count: int) -> Refusal:
        """What a count means, ready to be read."""
        return self.refusal(count=count, days=self.days, most=self.most)


def plain_address(text: str) -> str:
    """An address as it is compared: width, case, spaces and punctuation do not tell two apart."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def plain_phone(text: str) -> str:
    """A telephone as it is compared: its last eleven digits."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))[-11:]


class OverPersonQuantity(Refusal):
    """Raised when a person would buy more of listed goods in a year than the list allows."""

    code = "over-person-quantity"
    reason = "HS {hs}: a person may buy {most} {unit} in {year}; {used} are used, {asked} wanted."
    remedy = "Order less of it, or wait for the next year; customs refuses what goes beyond it."
