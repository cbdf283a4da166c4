"""The way of a ship."""

from decimal import Decimal

from traceability.domain.voyage import sail

AUCKLAND = (Decimal("174.78"), Decimal("-36.84"))
NINGBO = (Decimal("121.55"), Decimal("29.87"))
ROTTERDAM = (Decimal("4.00"), Decimal("51.90"))


def test_ships_sail_around_land_so_that_the_way_is_longer_than_the_straight_line():
    """The great circle from Auckland to Ningbo measures 4,997 nautical miles."""
    assert sail(origin=AUCKLAND, destination=NINGBO).distance_nm == 5239


def test_europe_is_reached_through_suez():
    voyage = sail(origin=ROTTERDAM, destination=NINGBO)

    assert voyage.distance_nm == 10462
    assert any(3200 <= lon <= 3300 and 2900 <= lat <= 3200 for lon, lat in voyage.path)


def test_the_line_runs_from_port_to_port():
    voyage = sail(origin=AUCKLAND, destination=NINGBO)

    assert voyage.path[0] == (17492, -3668)
    assert abs(voyage.path[-1][0] - 12155) <= 100
    assert abs(voyage.path[-1][1] - 2987) <= 100
