"""The catalogue of translations: what the product says, and whether all of it is translated.

Words come from four places: ``{% translate %}`` and ``{% blocktranslate %}`` in templates,
gettext calls in Python, the reason and remedy of every refusal, and the laws of the books.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import cast

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from django.conf import settings
from django.template import Engine, Template
from django.template.base import Variable
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from core import invariants
from core.domain.errors import Refusal

Words = str | tuple[str, str]

ROOMS = (
    "config",
    "core",
    "imports",
    "warehouse",
    "fx_settlement",
    "customs",
    "traceability",
    "portal",
)
LANGUAGES = ("zh_Hans",)
"""Every language but English, in which the product is written."""

KEYWORDS = {
    "Phrase": None,
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "_noop": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""Written as every catalogue's date, so that its bytes depend on its words only."""

PLACEHOLDER = re.compile(r"%\(\w+\)s|(?<!%)%[sd]|\{[a-z_][\w.]*[^{}]*\}")


def files_of(language: str) -> tuple[Path, Path]:
    """Where the readable and the compiled catalogue of a language lie."""
    folder = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"
    return folder / "django.po", folder / "django.mo"


def _python_words(path: Path) -> Iterator[Words]:
    for _, words, _, _ in extract_from_file("python", str(path), keywords=KEYWORDS):
        yield words if isinstance(words, str) else (words[0], words[1])


def _block_words(node: BlockTranslateNode) -> Words:
    singular, _ = node.render_token_list(node.singular)
    plural = node.render_token_list(node.plural)[0] if node.plural else ""
    if node.trimmed:
        singular, plural = (re.sub(r"\s*\n\s*", " ", x.strip()) for x in (singular, plural))
    return (singular, plural) if plural else singular


def _template_words(path: Path, engine: Engine) -> Iterator[Words]:
    nodes = Template(path.read_text(encoding="utf-8"), engine=engine).nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        word = cast("TranslateNode", node).filter_expression.var
        if isinstance(word, Variable) and isinstance(word.literal, str):
            yield word.literal.replace("%", "%%")
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        yield _block_words(cast("BlockTranslateNode", node))


def import_rooms() -> None:
    """Import every module that may define a refusal."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations" not in module.name and ".management" not in module.name:
                importlib.import_module(module.name)


def _refusal_words() -> Iterator[tuple[Words, str]]:
    import_rooms()
    refusals: list[type[Refusal]] = [Refusal, *Refusal.registry.values()]
    for refusal in refusals:
        room = refusal.__module__.split(".")[0]
        if room in ROOMS:
            yield refusal.reason, f"{room}/refusals/{refusal.code}"
            yield refusal.remedy, f"{room}/refusals/{refusal.code}"


def _law_words() -> Iterator[tuple[Words, str]]:
    for law in invariants.registry.values():
        yield law.sentence, f"{law.name.split('.')[0]}/laws/{law.name}"


def _file_words(room: Path) -> Iterator[tuple[Words, str]]:
    engine = Engine.get_default()
    for path in sorted(room.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from ((words, _place(path)) for words in _python_words(path))
    for path in sorted(room.rglob("templates/**/*.html")):
        yield from ((words, _place(path)) for words in _template_words(path, engine))


def _place(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def spoken() -> dict[Words, str]:
    """Everything the product says in English, with the file or refusal that says it."""
    found: dict[Words, str] = {}
    for room in ROOMS:
        for words, place in _file_words(Path(settings.BASE_DIR) / room):
            found.setdefault(words, place)
    for words, place in (*_refusal_words(), *_law_words()):
        found.setdefault(words, place)
    return found


def _empty(language: str) -> Catalog:
    catalogue = Catalog(locale=language, domain="django", fuzzy=False, header_comment="# Bondpool")
    catalogue.creation_date = catalogue.revision_date = BEGINNING
    catalogue.project, catalogue.version = "Bondpool", "1"
    catalogue.last_translator = catalogue.language_team = "Bondpool"
    return catalogue


def read(language: str) -> Catalog:
    """The catalogue as committed; empty when there is none."""
    po, _ = files_of(language)
    if not po.exists():
        return _empty(language)
    with po.open("rb") as file:
        return pofile.read_po(file, locale=language, domain="django")


def merged(language: str) -> Catalog:
    """Everything spoken, with the translations that exist."""
    known = read(language)
    catalogue = _empty(language)
    for words, place in spoken().items():
        earlier = known.get(words)
        catalogue.add(words, earlier.string if earlier else None, locations=[(place, None)])  # type: ignore[list-item]
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """The bytes of the ``.mo`` file."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def write(language: str) -> Catalog:
    """Bring both files of a language up to date with what is spoken."""
    catalogue = merged(language)
    po, mo = files_of(language)
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        pofile.write_po(file, catalogue, sort_output=True, width=98, include_lineno=False)
    mo.write_bytes(compiled(read(language)))
    return catalogue


def _translated(message: Message) -> list[str]:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [text or "" for text in strings]


def _fault(message: Message) -> str:
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = set().union(*(PLACEHOLDER.findall(text) for text in originals))
    for text in _translated(message):
        if not text:
            return "not translated"
        unknown = set(PLACEHOLDER.findall(text)) - wanted
        missing = wanted - set(PLACEHOLDER.findall(text))
        if unknown or missing:
            return f"placeholders differ: {', '.join(sorted(unknown | missing))}"
    return ""


def _read_compiled(mo: Path) -> Catalog:
    with mo.open("rb") as file:
        return read_mo(file)


def _sayings(catalogue: Catalog) -> dict[Words, list[str]]:
    found = {}
    for message in catalogue:
        if message.id and any(_translated(message)):
            found[_key(message)] = _translated(message)
    return found


def _key(message: Message) -> Words:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def faults(language: str) -> list[str]:
    """What keeps a catalogue from being whole: missing, untranslated, or not compiled.

    What is no longer said does no harm, and goes with the next update.
    """
    catalogue = read(language)
    said = spoken()
    found = [
        f"missing: {words!r} ({said[words]})" for words in said if catalogue.get(words) is None
    ]
    wanted = (message for message in catalogue if message.id and _key(message) in said)
    found += [f"{fault}: {message.id!r}" for message in wanted if (fault := _fault(message))]
    _, mo = files_of(language)
    if not mo.exists() or _sayings(_read_compiled(mo)) != _sayings(catalogue):
        found.append(f"{mo.name} is not what {language}/django.po compiles to")
    return found
