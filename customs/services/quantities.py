"""How much of listed goods a person may buy in a year: set aside with an order, freed with it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest

from core.domain.errors import Phrase
from core.models import Person, Pool
from customs import territories
from customs.domain.guard import OverPersonQuantity
from customs.models import ConsumerOrder, DeclarationLine, PersonQuantity
from customs.services.commitments import order_year
from customs.services.intake import OrderedLine
from imports import queries as imports
from imports.domain.positive_list import ListedLine, RemarkKind, in_grams
from imports.models import Product


@dataclass(frozen=True, slots=True)
class Quota:
    """What a line of the list allows a person in a year, in grams or pieces."""

    hs: str
    most: int
    is_by_weight: bool

    def of_unit(self, product: Product) -> int:
        """How much of it one consumer unit takes."""
        return product.net_weight_g if self.is_by_weight else 1


Quotas = Mapping[str, Quota]
"""Quotas by HS code; most codes have none."""


def quotas_of(hs_codes: Iterable[str], lines: Iterable[ListedLine], on: date) -> dict[str, Quota]:
    """What limiting lines of the list say of codes on a day; the longest line decides."""
    in_force, found = [line for line in lines if line.is_in_force(on)], {}
    for hs_code in set(hs_codes):
        fitting = [line for line in in_force if hs_code.startswith(line.code)]
        if fitting:
            found[hs_code] = _quota(max(fitting, key=lambda line: len(line.code)))
    return found


def held(quotas: Quotas, product: Product) -> dict[str, Any]:
    """Fields of a declared line that say what one unit of a product takes of the year."""
    quota = quotas.get(product.hs_code)
    return {
        "quota_hs": quota.hs if quota else "",
        "quota_per_unit": quota.of_unit(product) if quota else 0,
    }


def quotas_in(pool: Pool, hs_codes: Iterable[str], on: date) -> dict[str, Quota]:
    """What a person's year allows of codes on a day, where the pool's territory counts it.

    One query.
    """
    if territories.of(pool).person_year_limit_minor(on) is None:
        return {}
    return quotas_of(hs_codes, imports.person_year_lines(), on)


def _quota(line: ListedLine) -> Quota:
    remark = next(each for each in line.remarks if each.kind is RemarkKind.PERSON_YEAR)
    grams = in_grams(remark)
    return Quota(line.code, int(remark.most) if grams is None else grams, grams is not None)


def asked_of(lines: Sequence[OrderedLine], quotas: Quotas) -> Counter[Quota]:
    """What lines take of each quota, in grams or pieces."""
    asked: Counter[Quota] = Counter()
    for line in lines:
        quota = quotas.get(line.product.hs_code)
        if quota is not None:
            asked[quota] += line.units * quota.of_unit(line.product)
    return asked


def used_of(person: Person | None, year: int) -> dict[str, int]:
    """What a person has used of a year, by line of the list; nobody known has used nothing."""
    if person is None:
        return {}
    rows = PersonQuantity.objects.filter(person=person, year=year)
    return dict(rows.values_list("hs", "used"))


def refuse_beyond(asked: Mapping[Quota, int], used: Mapping[str, int], year: int) -> None:
    """Say before anything is written that a buyer's year has no room for an order.

    Raises:
        OverPersonQuantity: it has none; nothing is set aside either way.
    """
    for quota, amount in asked.items():
        before = used.get(quota.hs, 0)
        if before + amount > quota.most:
            raise _beyond(quota.hs, quota.most, quota.is_by_weight, before, amount, year)


def _beyond(
    hs: str, most: int, is_by_weight: bool, used: int, asked: int, year: int
) -> OverPersonQuantity:
    unit = Phrase("g") if is_by_weight else Phrase("pieces")
    return OverPersonQuantity(hs=hs, most=most, unit=unit, year=str(year), used=used, asked=asked)


def open_years(order: ConsumerOrder, quotas: Quotas) -> None:
    """Have the buyer's totals ready for the goods of an order. Two queries for each quota."""
    for quota in sorted(set(quotas.values()), key=lambda each: each.hs):
        PersonQuantity.objects.get_or_create(
            person_id=order.buyer_id,
            year=order_year(order),
            hs=quota.hs,
            defaults={"most": quota.most, "is_by_weight": quota.is_by_weight},
        )


def take(order: ConsumerOrder, lines: Iterable[DeclarationLine], quotas: Quotas) -> None:
    """Set aside what lines take of the buyer's year; of two orders at once what fits goes in.

    ``quotas`` are those of the day that counts. A limit that was raised within the year lets more
    in from its day on, a lowered one less; what was taken before stays.

    Raises:
        OverPersonQuantity: the year has no room for it.
    """
    most = {quota.hs: quota.most for quota in quotas.values()}
    for hs, amount in sorted(_amounts((line, line.units) for line in lines).items()):
        rows = PersonQuantity.objects.filter(
            person_id=order.buyer_id, year=order_year(order), hs=hs
        )
        room = rows.filter(used__lte=most[hs] - amount)
        if not room.update(used=F("used") + amount, most=Greatest(F("most"), most[hs])):
            row = rows.get()
            raise _beyond(hs, most[hs], row.is_by_weight, row.used, amount, row.year)


def take_again(order: ConsumerOrder, lines: Sequence[DeclarationLine], quotas: Quotas) -> None:
    """Set aside anew what lines of a refused order take, by the list of the day.

    Raises:
        OverPersonQuantity: the year has no room for it.
    """
    own = {line.hs_code: quotas[line.hs_code] for line in lines if line.hs_code in quotas}
    changed = []
    for line in lines:
        quota = own.get(line.hs_code)
        now = (quota.hs, quota.of_unit(line.product)) if quota else ("", 0)
        if now != (line.quota_hs, line.quota_per_unit):
            line.quota_hs, line.quota_per_unit = now
            changed.append(line)
    DeclarationLine.objects.bulk_update(changed, ["quota_hs", "quota_per_unit"])
    open_years(order, own)
    take(order, lines, own)


def free(order: ConsumerOrder, units: Iterable[tuple[DeclarationLine, int]]) -> None:
    """Give units of lines back to the buyer's year."""
    for hs, amount in sorted(_amounts(units).items()):
        PersonQuantity.objects.filter(
            person_id=order.buyer_id, year=order_year(order), hs=hs
        ).update(used=F("used") - amount)


def free_all(order: ConsumerOrder, lines: Iterable[DeclarationLine]) -> None:
    """Give all units of lines back to the buyer's year."""
    free(order, [(line, line.units) for line in lines])


def _amounts(units: Iterable[tuple[DeclarationLine, int]]) -> Counter[str]:
    amounts: Counter[str] = Counter()
    for line, count in units:
        if line.quota_hs:
            amounts[line.quota_hs] += count * line.quota_per_unit
    return amounts
