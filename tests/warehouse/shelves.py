"""Shelves for the warehouse's tests, and what lies in them."""

from warehouse.models import Location, LotAtPlace, Stowage, Zone


def zone(house, place, **more):
    return Zone.objects.get_or_create(
        warehouse=house, place=place, code=more.pop("code", place.upper()), defaults=more
    )[0]


def location(house, code, place="bonded", walk=0, **more):
    return Location.objects.create(zone=zone(house, place), code=code, walk=walk, **more)


def lies(lot):
    rows = Stowage.objects.filter(lot=lot, units__gt=0).order_by("location__code")
    return dict(rows.values_list("location__code", "units"))


def waits(lot, place="bonded"):
    return LotAtPlace.objects.get(lot=lot, place=place).waiting_units
