"""Where a look-up came from."""

import pytest

from traceability.domain.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("203.0.113.1", "203.0.113.0/24"),
        ("2001:db8:12:9::1", "2001:db8:12::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_known_by_its_network_only(address, network):
    assert network_of(address) == network
