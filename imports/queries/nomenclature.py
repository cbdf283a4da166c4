"""HS codes by words: an index over the nomenclature on record, kept in memory."""

from functools import lru_cache

from django.db.models import Count, Max

from core.models import HSHeading
from imports.domain.nomenclature import Entry, Hit, Nomenclature
from imports.models import GoodsWord


def find_codes(text: str, *, limit: int = 12) -> list[Hit]:
    """HS codes that fit a text in English or Chinese, best first. Two queries once it is built."""
    return _index(*_edition()).search(text[:120], limit=limit) if text.strip() else []


def _edition() -> tuple[int, int, int]:
    """What tells whether the index is still that of the tables."""
    words = GoodsWord.objects.aggregate(rows=Count("pk"), latest=Max("pk"))
    return HSHeading.objects.count(), words["rows"], words["latest"] or 0


@lru_cache(maxsize=1)
def _index(*_edition: int) -> Nomenclature:
    headings = HSHeading.objects.values_list("code", "name")
    words = list(GoodsWord.objects.order_by("pk").values_list("word", "code", "is_name"))
    names: dict[str, str] = {}
    for word, code, is_name in words:
        if is_name:
            names.setdefault(code, word)
    entries = [Entry(code, name) for code, name in headings]
    entries += [Entry(code, "", name) for code, name in names.items()]
    return Nomenclature(entries, [(word, code) for word, code, is_name in words if not is_name])
