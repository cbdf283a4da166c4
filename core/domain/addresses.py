"""Which network addresses our server may call on a member's word."""

import ipaddress
from urllib.parse import urlsplit

from core.domain.errors import Refusal


class AddressNotAllowed(Refusal):
    """Raised for a web address that could reach into the server's own network."""

    code = "address-not-allowed"
    reason = "The address “{address}” cannot be called: {fault}."
    remedy = "Give an https address of a public server, without user name and port tricks."


def callable_host(address: str, *, allowed_ports: frozenset[int] = frozenset({443})) -> str:
    """The host of an https address that may be called once its IP addresses are checked too.

    Raises:
        AddressNotAllowed: another scheme, credentials, a bare IP address, or another port.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or 443
    except ValueError:
        raise AddressNotAllowed(address=address, fault="it is not a web address") from None
    host = parts.hostname or ""
    fault = _fault_of(parts.scheme, host, has_user=parts.username is not None)
    if not fault and port not in allowed_ports:
        fault = f"port {port} is not open to calls"
    if fault:
        raise AddressNotAllowed(address=address, fault=fault)
    return host


def _fault_of(scheme: str, host: str, *, has_user: bool) -> str:
    if scheme != "https":
        return "only https is called"
    if has_user:
        return "it holds a user name"
    if not host or "." not in host:
        return "it names no public server"
    return "it is a bare network address" if _is_bare(host) else ""


def _is_bare(host: str) -> bool:
    """Whether a host is an IP address in any writing: 127.1 and 0x7f.0.0.1 are, too.

    No top-level domain begins with a digit.
    """
    return ":" in host or host.rstrip(".").rpartition(".")[2][:1].isdigit()


def public_ip(address: str) -> bool:
    """Whether an IP address belongs to the public internet and to nobody's inner network."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
