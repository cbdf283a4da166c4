"""Everything the product says is translated, and the catalogue notices when it is not."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.domain.errors import Refusal
from core.web import catalogue


class CrateIsLost(Refusal):
    """Raised by these tests only."""

    code = "test-crate-is-lost"
    reason = "Crate {crate} is lost."
    remedy = "Look again."


SAID = {"Look again.": "a", "Crate {crate} is lost.": "a", ("%(n)s crate", "%(n)s crates"): "b"}


@pytest.fixture
def house(settings, tmp_path, monkeypatch):
    """An installation that says three things, without any translation."""
    settings.LOCALE_PATHS = [tmp_path]
    monkeypatch.setattr(catalogue, "spoken", lambda: dict(SAID))
    catalogue.write("zh_Hans")
    return tmp_path / "zh_Hans" / "LC_MESSAGES"


def translate(folder: Path, wanted: dict[str, str]) -> None:
    """Fill the readable catalogue the way a translator does, by its text."""
    text = (folder / "django.po").read_text(encoding="utf-8")
    for english, chinese in wanted.items():
        entry = f'msgid "{english}"\nmsgstr '
        text = text.replace(f'{entry}""', f'{entry}"{chinese}"')
    text = text.replace('msgstr[0] ""', 'msgstr[0] "%(n)s 箱"')
    (folder / "django.po").write_text(text, encoding="utf-8")


WHOLE = {"Look again.": "请再查找。", "Crate {crate} is lost.": "{crate} 号箱遗失。"}


def test_an_empty_catalogue_lists_every_entry_as_not_translated(house):
    assert sum(line.startswith("not translated") for line in catalogue.faults("zh_Hans")) == 3


def test_a_translated_and_compiled_catalogue_is_whole(house):
    translate(house, WHOLE)
    catalogue.write("zh_Hans")

    assert catalogue.faults("zh_Hans") == []


def test_updating_keeps_what_was_translated(house):
    translate(house, WHOLE)
    catalogue.write("zh_Hans")
    before = (house / "django.po").read_bytes()

    catalogue.write("zh_Hans")

    assert (house / "django.po").read_bytes() == before


def test_a_translation_that_was_not_compiled_is_noticed(house):
    translate(house, WHOLE)

    assert catalogue.faults("zh_Hans") == ["django.mo is not what zh_Hans/django.po compiles to"]


def test_a_translation_that_drops_a_number_is_noticed(house):
    translate(house, WHOLE | {"Crate {crate} is lost.": "箱子遗失。"})
    catalogue.write("zh_Hans")

    assert catalogue.faults("zh_Hans") == ["placeholders differ: {crate}: 'Crate {crate} is lost.'"]


def test_a_new_saying_is_noticed_as_missing(house, monkeypatch):
    translate(house, WHOLE)
    catalogue.write("zh_Hans")
    monkeypatch.setattr(catalogue, "spoken", lambda: {**SAID, "New.": "c"})

    assert catalogue.faults("zh_Hans") == ["missing: 'New.' (c)"]


def test_a_saying_that_is_gone_does_no_harm_and_goes_with_the_next_update(house, monkeypatch):
    translate(house, WHOLE)
    catalogue.write("zh_Hans")
    monkeypatch.setattr(catalogue, "spoken", lambda: {k: v for k, v in SAID.items() if v == "b"})

    assert catalogue.faults("zh_Hans") == []
    catalogue.write("zh_Hans")
    assert catalogue.read("zh_Hans").get("Look again.") is None


def test_the_check_fails_while_anything_lacks_a_translation(house):
    with pytest.raises(CommandError, match="need a translator"):
        call_command("translations", check=True)


def test_templates_python_refusals_and_laws_are_all_heard():
    heard = catalogue.spoken()

    assert heard["Skip to the content"] == "core/templates/core/base.html"
    assert heard[("%(broken)s law is broken", "%(broken)s laws are broken")] == (
        "portal/templates/portal/books.html"
    )
    assert heard["Too many requests"] == "core/web/errors.py"
    assert heard[Refusal.remedy] == "core/refusals/refused"
    assert any(place.startswith("core/laws/") for place in heard.values())


def test_refusals_of_tests_are_not_part_of_the_product():
    assert CrateIsLost.reason not in catalogue.spoken()


def test_everything_the_product_says_is_translated_and_compiled():
    said = StringIO()

    call_command("translations", check=True, stdout=said)

    assert re.fullmatch(r"zh_Hans: [1-9]\d+ entries\n", said.getvalue())
