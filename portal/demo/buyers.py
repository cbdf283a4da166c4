"""Simulated consumers: nobody's names, numbers, phones or addresses."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.demo.dice import Dice

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
AREAS = ("330203", "310104", "320102", "440103", "110105")


@dataclass(frozen=True)
class Buyer:
    """A simulated consumer, as an order names the buyer."""

    name: str
    id_number: str
    phone: str
    address: str

    def details(self) -> dict[str, str]:
        """The personal data under the vault's field names."""
        return {
            "name": self.name,
            "id_number": self.id_number,
            "phone": self.phone,
            "address": self.address,
        }


def identity_number(area: str, born_on: date, sequence: int) -> str:
    """An 18-character resident identity number with its check character.

    Source: GB 11643-1999, ISO 7064 MOD 11-2.
    """
    body = f"{area}{born_on:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + CHECK_CHARACTERS[total % 11]


def buyer(dice: Dice, number: int) -> Buyer:
    """Simulated buyer ``number``.

    Born from 1900 to 1909, so that no number is a living person's; the phone begins with 10,
    which no mobile network uses.
    """
    born_on = date(1900, 1, 1) + timedelta(days=dice.number(3650, "born", number))
    area = dice.one_of(AREAS, "area", number)
    return Buyer(
        name=f"模拟买家{number:04d}",
        id_number=identity_number(area, born_on, number % 1000),
        phone=f"10{number:09d}",
        address=f"浙江省宁波市模拟路{number}号",
    )
