"""The tree as tiles: files of 256 hashes that never change once written.

Source: c2sp.org/tlog-tiles. A tile of level ``L`` holds hashes of subtrees of ``256^L`` leaves.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.domain.merkle import ReadNode, node_hash

WIDTH = 256
HEIGHT = 8
HASH_BYTES = 32

FetchTile = Callable[["Tile"], bytes]

_PATH = re.compile(
    r"tile/(?P<level>[0-9]|[1-5][0-9]|6[0-3]|entries)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Tile:
    """``width`` hashes from ``index · 256`` on; ``level`` -1 stands for the entries themselves."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where the tile lies below the log's address."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        *front, last = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        place = "/".join([*(f"x{part}" for part in front), last])
        level = "entries" if self.level < 0 else self.level
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{place}{partial}"

    @property
    def start(self) -> int:
        """The index of the first hash within its level."""
        return self.index * WIDTH


def read_path(path: str) -> Tile | None:
    """The tile of a path; None when the path is not spelled as the format spells it."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    width = int(match["width"] or WIDTH)
    level = -1 if match["level"] == "entries" else int(match["level"])
    tile = Tile(level, int(match["index"].replace("x", "").replace("/", "")), width)
    return tile if tile.path == path else None


def exists(tile: Tile, size: int) -> bool:
    """Whether a tree of ``size`` leaves, or an earlier one, has the tile."""
    return tile.start + tile.width <= size >> (HEIGHT * max(tile.level, 0))


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """Tiles of a tree that a tree of ``since`` leaves does not have, entries first."""
    for level in (-1, *range(64 // HEIGHT)):
        shift = HEIGHT * max(level, 0)
        have, count = since >> shift, size >> shift
        yield from (Tile(level, index) for index in range(have // WIDTH, count // WIDTH))
        if count % WIDTH and count != have:
            yield Tile(level, count // WIDTH, count % WIDTH)


def bundle(entries: list[bytes]) -> bytes:
    """Entries, each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        ValueError: it ends within an entry.
    """
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise ValueError("the bundle ends within an entry")
        entries.append(data[at + 2 : end])
        at = end
    return entries


def reader(fetch: FetchTile, size: int) -> ReadNode:
    """Reads nodes of a tree of ``size`` leaves from its tiles; each tile is fetched once."""
    kept: dict[Tile, bytes] = {}

    def read(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first, count = index << height, 1 << height
        number = first // WIDTH
        width = min(WIDTH, (size >> HEIGHT * tile_level) - number * WIDTH)
        tile = Tile(tile_level, number, width)
        if tile not in kept:
            kept[tile] = fetch(tile)
        return _folded(kept[tile], first % WIDTH, count)

    return read


def _folded(data: bytes, first: int, count: int) -> bytes:
    hashes = [data[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(first, first + count)]
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right) for left, right in pairs]
    return hashes[0]
