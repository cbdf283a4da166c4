"""The side navigation: each app registers its pages; each role sees its own.

An app says so in its own ``navigation.py``, which is found by name::

    from django.utils.translation import gettext_lazy as _
    from core.web import navigation

    navigation.register("imports-plan", _("Forecast"), roles={"importer"}, order=20)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core.models import Membership

Badge = Callable[[Membership], int]

PARTS = (
    (10, _("Planning")),
    (29, _("Warehouse")),
    (50, _("Settlement")),
    (59, _("Customs")),
    (70, _("Traceability")),
    (80, _("Administration")),
)
"""Headings of the navigation, each with the order of the first entry that stands below it."""


@dataclass(frozen=True)
class Entry:
    """One page that a role finds in its navigation."""

    url_name: str
    label: str | Promise
    roles: frozenset[str]
    order: int
    badge: Badge | None = None


@dataclass(frozen=True)
class Item:
    """A navigation entry on a page: where it leads, and whether the reader is there."""

    label: str
    address: str
    is_here: bool
    waiting: int = 0
    part: str = ""


_entries: dict[str, Entry] = {}


def register(
    url_name: str,
    label: str | Promise,
    *,
    roles: Iterable[str],
    order: int,
    badge: Badge | None = None,
) -> None:
    """Show the page named ``url_name`` to ``roles``; lower ``order`` stands higher.

    ``badge`` counts what waits there for a member; one query at most.
    """
    names = frozenset(str(getattr(role, "value", role)) for role in roles)
    _entries[url_name] = Entry(url_name, label, names, order, badge)


@cache
def _discover() -> None:
    autodiscover_modules("navigation")


def items_for(role: str, path: str, membership: Membership | None = None) -> list[Item]:
    """The navigation of a role, with the entry that ``path`` belongs to marked."""
    _discover()
    mine = sorted((e for e in _entries.values() if role in e.roles), key=lambda e: e.order)
    found = [(entry, address) for entry in mine if (address := _address(entry.url_name))]
    here = max((a for _, a in found if path.startswith(a)), key=len, default="")
    return [
        Item(
            str(entry.label),
            address,
            address == here,
            _waiting(entry, membership),
            _part(entry.order),
        )
        for entry, address in found
    ]


def _waiting(entry: Entry, membership: Membership | None) -> int:
    return entry.badge(membership) if entry.badge and membership else 0


def _part(order: int) -> str:
    """The heading below which an order falls; none for what stands before all of them."""
    return str(next((name for first, name in reversed(PARTS) if order >= first), ""))


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
