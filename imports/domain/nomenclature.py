"""Finding an HS code by words, in English and Chinese, ranked.

The nomenclature names goods in its own words; people look for shampoo, 面膜 or a few digits. An
index over the names of lines, of their headings and chapters, and over everyday words answers.
"""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_LATIN = re.compile(r"[a-z]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_DIGITS = re.compile(r"\d{2,10}")
_IDLE = frozenset(
    (
        "a", "an", "and", "or", "of", "the", "in", "for", "with", "not", "other", "than", "its",
        "their", "to", "by", "on", "from", "nec", "whether",
    )
)  # fmt: skip

OWN, HEADING, CHAPTER = 3.0, 1.2, 0.4
"""What a word counts for in the name of a line itself, of its heading, of its chapter."""

EVERYDAY = 40.0
"""What an everyday word that leads to a code counts for; above any sum of single words."""

PREFIX = 0.6
"""What the beginning of a word counts for where the whole word is unknown."""


@dataclass(frozen=True)
class Entry:
    """A code with its name; Chinese where it is known. Two to eight digits."""

    code: str
    name: str
    name_zh: str = ""


@dataclass(frozen=True)
class Hit:
    """A code that fits what was looked for: its name, the headings above, and how well it fits."""

    code: str
    name: str
    name_zh: str
    path: tuple[str, ...]
    score: float


class Nomenclature:
    """An index over entries and everyday words; built once, asked often."""

    def __init__(self, entries: Iterable[Entry], words: Iterable[tuple[str, str]]) -> None:
        self._entries = {entry.code: entry for entry in entries}
        above = {code[:length] for code in self._entries for length in (2, 4, 6) if code[length:]}
        self._leaves = sorted(code for code in self._entries if code not in above)
        self._weights: dict[str, dict[int, float]] = defaultdict(dict)
        for place, code in enumerate(self._leaves):
            self._enter(place, code)
        self._vocabulary = sorted(self._weights)
        self._words: dict[str, list[str]] = defaultdict(list)
        for word, code in words:
            self._words[_plain(word)].append(code)

    def __len__(self) -> int:
        return len(self._leaves)

    def _enter(self, place: int, code: str) -> None:
        """Note the words of a line's own name and of the names above it."""
        for length, weight in ((len(code), OWN), (6, HEADING), (4, HEADING), (2, CHAPTER)):
            entry = self._entries.get(code[:length])
            if entry is None or (length == len(code) and weight is not OWN):
                continue
            for token in tokens(f"{entry.name} {entry.name_zh}"):
                counted = self._weights[token]
                counted[place] = max(counted.get(place, 0.0), weight)

    def search(self, text: str, *, limit: int = 12) -> list[Hit]:
        """The lines that fit a text best, best first; digits are the beginning of a code."""
        plain = _plain(text)
        if _DIGITS.fullmatch(plain.replace(" ", "").replace(".", "")):
            return self._by_code(plain.replace(" ", "").replace(".", ""), limit)
        scores = self._by_words(plain)
        for code in self._everyday(plain):
            for place in self._below(code):
                scores[place] = scores.get(place, 0.0) + EVERYDAY
        ranked = sorted(scores.items(), key=lambda item: (-item[1], self._leaves[item[0]]))
        return [self._hit(place, score) for place, score in ranked[:limit]]

    def _by_code(self, digits: str, limit: int) -> list[Hit]:
        """Lines that a code begins; a code longer than any line finds the line that begins it."""
        found = self._below(digits)
        if not found:
            found = [n for n, code in enumerate(self._leaves) if digits.startswith(code)]
        return [self._hit(place, EVERYDAY) for place in found[:limit]]

    def _below(self, prefix: str) -> list[int]:
        start = bisect_left(self._leaves, prefix)
        end = bisect_left(self._leaves, prefix + ":")
        found = list(range(start, end))
        return found or [n for n in range(max(start - 1, 0), start) if self._begins(n, prefix)]

    def _begins(self, place: int, code: str) -> bool:
        return code.startswith(self._leaves[place])

    def _by_words(self, plain: str) -> dict[int, float]:
        """Sums of rare words' weights, lowered by the part of the words that is missing."""
        asked = list(dict.fromkeys(tokens(plain)))
        scores: dict[int, float] = defaultdict(float)
        matched: dict[int, int] = defaultdict(int)
        for token in asked:
            for place, weight in self._places(token).items():
                scores[place] += weight
                matched[place] += 1
        return {place: score * matched[place] / len(asked) for place, score in scores.items()}

    def _places(self, token: str) -> dict[int, float]:
        """Where a word stands, weighted by how rare it is; its beginning where unknown."""
        known = self._weights.get(token)
        share, found = (1.0, known) if known else (PREFIX, self._beginning_with(token))
        rarity = math.log(1 + len(self._leaves) / (1 + len(found)))
        return {place: share * rarity * weight for place, weight in found.items()}

    def _beginning_with(self, start: str) -> dict[int, float]:
        if len(start) < 3 or not start.isascii():
            return {}
        first = bisect_left(self._vocabulary, start)
        last = bisect_left(self._vocabulary, start + "{")
        found: dict[int, float] = {}
        for token in self._vocabulary[first:last]:
            found |= self._weights[token]
        return found

    def _everyday(self, plain: str) -> Iterator[str]:
        """Codes of everyday words: those that are asked for, else those inside what is asked."""
        exact = self._words.get(plain) or self._words.get(_singular(plain))
        if exact:
            yield from exact
            return
        inside = [word for word in self._words if _holds(plain, word)]
        for word in inside:
            if not any(word != longer and word in longer for longer in inside):
                yield from self._words[word]

    def _hit(self, place: int, score: float) -> Hit:
        code = self._leaves[place]
        entry = self._entries[code]
        above = (self._entries.get(code[:length]) for length in (4, 6) if len(code) > length)
        return Hit(
            code=code,
            name=entry.name,
            name_zh=entry.name_zh,
            path=tuple(each.name for each in above if each is not None),
            score=round(score, 3),
        )


def _holds(text: str, word: str) -> bool:
    """Whether a text holds a word: Chinese anywhere, English as whole words."""
    return word in text if not word.isascii() else f" {word} " in f" {text} "


def _plain(text: str) -> str:
    return " ".join(_singular(word) for word in text.casefold().split())


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    """An English word without its plural; other words as they are."""
    if not word.isascii() or len(word) < 4 or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("us") else word


def tokens(text: str) -> Iterator[str]:
    """What a text is looked up by: English words without plurals, pairs of Chinese characters."""
    folded = text.casefold()
    for word in _LATIN.findall(folded):
        if word not in _IDLE and len(word) > 1:
            yield _singular(word)
    for run in _CHINESE.findall(folded):
        yield from _pairs(run)


def _pairs(run: str) -> Sequence[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)] or [run]
