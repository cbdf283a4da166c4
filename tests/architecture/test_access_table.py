"""Every address names its action; every action stands in the access table."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from core import access


def addresses(patterns, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern."""
    for entry in patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, where)
        else:
            yield where, entry


ALL = dict(addresses(get_resolver().url_patterns))


def test_every_address_says_who_may_use_it():
    unmarked = [where for where, entry in ALL.items() if not hasattr(entry.callback, "action")]
    assert unmarked == []


def test_every_action_that_a_page_names_stands_in_the_table():
    named = {entry.callback.action for entry in ALL.values()} - {"public"}
    assert named - set(access.table) == set()


def test_no_role_is_given_an_action_that_no_page_or_service_has():
    assert all(roles for roles in access.table.values())
