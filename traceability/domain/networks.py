"""Where a look-up came from, as coarsely as is still useful."""

from ipaddress import IPv4Address, ip_address, ip_network


def network_of(address: str) -> str:
    """The network of an address: /24 of IPv4, /48 of IPv6; empty when it is no address.

    So many households share one that it does not point to a person.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    length = 24 if isinstance(parsed, IPv4Address) else 48
    return str(ip_network((parsed, length), strict=False))
