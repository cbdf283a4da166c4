"""The log as static files that never change: tiles of hashes, bundles of entries, the checkpoint.

Source: c2sp.org/tlog-tiles. The files may be served by anything; the same bytes come from /log/.
"""

import os
from pathlib import Path

from django.db import transaction

from core import facts
from core.domain import merkle
from core.domain.errors import Refusal
from core.facts import LogDamaged
from core.models import LogEntry, LogNode
from core.models.fact import LogHead
from traceability.domain import tiles
from traceability.domain.tiles import Tile
from traceability.domain.tlog_proof import read_head, read_key
from traceability.models import Cosignature
from traceability.proofs import ProofFails, cosignatures, witnesses_of


class NothingPublished(Refusal):
    """Raised when the log has no signed head yet."""

    code = "nothing-published"
    reason = "The log has no signed head yet."
    remedy = "Publish again once the first fact has been placed."


def checkpoint() -> str:
    """The newest signed head with the lines of its witnesses. Two queries.

    Raises:
        NothingPublished: no head was signed.
    """
    head = facts.head()
    if head is None:
        raise NothingPublished
    return cosigned(head)


def cosigned(head: LogHead) -> str:
    """A signed head followed by the lines of its witnesses. One query."""
    return head.note + "".join(cosignatures(head.size))


def tile(wanted: Tile, size: int) -> bytes | None:
    """The bytes of a tile of a tree of ``size`` leaves; None if it has none such. One query."""
    if not tiles.exists(wanted, size):
        return None
    first, before = wanted.start, wanted.start + wanted.width
    if wanted.level < 0:
        rows = LogEntry.objects.filter(position__gte=first, position__lt=before)
        entries = rows.select_related("fact").order_by("position")
        return tiles.bundle([facts.leaf_of(entry.fact) for entry in entries])
    nodes = LogNode.objects.filter(
        level=wanted.level * tiles.HEIGHT, index__gte=first, index__lt=before
    )
    hashes = nodes.order_by("index").values_list("hash", flat=True)
    return b"".join(bytes(each) for each in hashes)


def publish(folder: Path) -> int:
    """Write what the newest head adds to the published files; how many files are new.

    Files that are there stay as they are. The tree is built anew from the published entries and
    tiles before the checkpoint is replaced.

    Raises:
        NothingPublished: no head was signed.
        LogDamaged: entries and tiles do not give the signed root; the checkpoint stays the old one.
    """
    head = facts.head()
    if head is None:
        raise NothingPublished
    made = sum(_write_new(folder, wanted, head.size) for wanted in tiles.tiles_of(head.size))
    if published_root(folder, head.size) != bytes(head.root):
        raise LogDamaged(size=head.size)
    _replace(folder / "checkpoint", cosigned(head).encode())
    return made


def published_root(folder: Path, size: int) -> bytes | None:
    """The root that the published files give; None when entries and tiles are at odds."""
    built: dict[merkle.Node, bytes] = {}
    for wanted in (each for each in tiles.tiles_of(size) if each.level < 0):
        try:
            entries = tiles.unbundle((folder / wanted.path).read_bytes())
        except (OSError, ValueError):
            return None
        for position, entry in enumerate(entries, start=wanted.start):
            leaf = merkle.leaf_hash(entry)
            made = merkle.new_nodes(position, leaf, lambda level, index: built[(level, index)])
            built.update({(level, index): value for level, index, value in made})
    if not all(_holds(folder, each, built) for each in tiles.tiles_of(size) if each.level >= 0):
        return None
    try:
        return merkle.root(size, lambda level, index: built[(level, index)])
    except KeyError:
        return None


def _holds(folder: Path, wanted: Tile, built: dict[merkle.Node, bytes]) -> bool:
    """Whether a published tile holds the hashes that the entries give."""
    level = wanted.level * tiles.HEIGHT
    indexes = range(wanted.start, wanted.start + wanted.width)
    file = folder / wanted.path
    expected = b"".join(built.get((level, index), b"") for index in indexes)
    return file.is_file() and file.read_bytes() == expected


def _write_new(folder: Path, wanted: Tile, size: int) -> int:
    file = folder / wanted.path
    if file.exists():
        return 0
    data = tile(wanted, size)
    if data is None:
        raise LogDamaged(size=size)
    _replace(file, data)
    return 1


def _replace(file: Path, data: bytes) -> None:
    """Put a whole file in place at once, readable by whatever serves it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


@transaction.atomic
def add_cosignature(note: str, witness_vkey: str) -> Cosignature:
    """Keep a witness's line under one of our heads; the same line again changes nothing.

    ``note`` is a whole checkpoint with the line. One query more per witness than per head.

    Raises:
        ProofUnreadable, KeyUnreadable: it cannot be read.
        ProofFails: it is no head of ours, or the witness did not cosign it.
    """
    head, key = read_head(note), read_key(witness_vkey)
    ours = LogHead.objects.filter(size=head.size).first()
    if ours is None or read_head(ours.note).text != head.text:
        raise ProofFails(fault="the head is none that this log signed")
    if not witnesses_of(head, [key]):
        raise ProofFails(fault=f"{key.name} did not cosign the head")
    line = next(each for each in note.splitlines() if each.startswith(f"— {key.name} "))
    kept = Cosignature.objects.filter(size=head.size, witness=key.name).first()
    return kept or Cosignature.objects.create(size=head.size, witness=key.name, line=line + "\n")
