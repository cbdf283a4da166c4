"""Each role finds its own pages in the side navigation, in a stated order."""

import pytest

from core.web import navigation


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "_discover", lambda: None)
    return navigation


def test_a_role_sees_its_own_entries_in_order(registry):
    registry.register("home", "Later", roles={"importer"}, order=20)
    registry.register("public-home", "First", roles={"importer", "broker"}, order=10)
    registry.register("books", "Not mine", roles={"operator"}, order=0)

    assert [item.label for item in registry.items_for("importer", "/")] == ["First", "Later"]


def test_the_entry_that_the_page_belongs_to_is_marked(registry):
    registry.register("public-home", "Front", roles={"importer"}, order=10)
    registry.register("home", "Home", roles={"importer"}, order=20)

    marked = [item.label for item in registry.items_for("importer", "/home/more/") if item.is_here]

    assert marked == ["Home"]


def test_an_entry_whose_page_does_not_exist_is_left_out(registry):
    registry.register("no-such-page", "Ghost", roles={"importer"}, order=10)

    assert registry.items_for("importer", "/") == []


def test_nobody_in_particular_has_no_navigation(registry):
    registry.register("home", "Home", roles={"importer"}, order=20)

    assert registry.items_for("", "/") == []


def test_each_entry_stands_below_the_heading_of_its_stage(registry):
    registry.register("public-home", "Front", roles={"importer"}, order=0)
    registry.register("home", "Plan", roles={"importer"}, order=10)
    registry.register("books", "Stock", roles={"importer"}, order=49)
    registry.register("members", "Members", roles={"importer"}, order=92)

    parts = [(item.label, item.part) for item in registry.items_for("importer", "/")]

    assert parts == [
        ("Front", ""),
        ("Plan", "Planning"),
        ("Stock", "Warehouse"),
        ("Members", "Administration"),
    ]
