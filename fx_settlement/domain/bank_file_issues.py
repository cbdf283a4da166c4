"""What can be wrong with a payment file: each issue's code and remedy."""

from dataclasses import dataclass

REMEDIES = {
    "bad-xml": "Write well-formed XML in UTF-8 without DTD or entities.",
    "unknown-version": "Use pain.001.001.03, .09 or .11 as the namespace of Document.",
    "missing-element": "Add the element that the message requires.",
    "unexpected-element": "Remove the element: the message has no such element here.",
    "wrong-order": "Put the elements in the order of the message definition.",
    "too-long": "Shorten the text to the length that the message allows.",
    "bad-value": "Use a value that the message allows here.",
    "nb-of-txs": "Set NbOfTxs to the number of payments that follow.",
    "ctrl-sum": "Set CtrlSum to the sum of the payments that follow.",
    "currency-decimals": "Give the amount no more decimals than its currency has.",
    "unknown-currency": "Use a three-letter ISO 4217 currency.",
    "bad-amount": "Write a plain amount of at most 18 digits and 5 decimals.",
    "zero-amount": "Pay an amount above zero.",
    "bad-iban": "Correct the IBAN: its length or check digits are wrong.",
    "bad-bic": "Correct the BIC: 8 or 11 characters.",
    "bad-lei": "Correct the LEI: its check digits are wrong.",
    "bad-uetr": "Use a lower-case UUID of version 4.",
    "bad-charset": "Write the text in the Latin characters that SWIFT carries.",
    "missing-town": "Add TwnNm: structured addresses are mandatory.",
    "missing-country": "Add Ctry: structured addresses are mandatory.",
    "unstructured-address": "Replace AdrLine by TwnNm, Ctry and the other typed fields.",
    "duplicate-end-to-end-id": "Give every payment an EndToEndId of its own.",
    "duplicate-uetr": "Give every payment a UETR of its own.",
    "duplicate-payment-id": "Give every PmtInf a PmtInfId of its own.",
    "bad-date": "Write a day as YYYY-MM-DD.",
    "date-past": "Ask for a day that is not past.",
    "not-a-good-day": "Ask for a day on which the banks concerned are open.",
    "remittance-sum": "Let the remitted amounts add up to the payment.",
}


@dataclass(frozen=True)
class Issue:
    """One thing wrong at one place of a file."""

    code: str
    path: str
    value: str = ""

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDIES[self.code]
