"""The Merkle tree of RFC 6962: roots, inclusion and consistency proofs over leaf hashes.

Nodes are addressed as ``(level, index)``: the node covers leaves ``index·2^level`` to
``(index+1)·2^level - 1``. Only complete subtrees are ever stored, so a stored node never changes.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

Node = tuple[int, int]
ReadNode = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf (RFC 6962, 2.1: prefix 0x00)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 6962, 2.1: prefix 0x01)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> list[Node]:
    """The complete subtrees that make up a tree of ``size`` leaves, largest first."""
    return list(_cover(0, size))


def _cover(start: int, end: int) -> Iterator[Node]:
    """Maximal complete subtrees that cover leaves ``start`` to ``end - 1``, left to right."""
    while start < end:
        level = (start & -start).bit_length() - 1 if start else (end - start).bit_length() - 1
        level = min(level, (end - start).bit_length() - 1)
        yield (level, start >> level)
        start += 1 << level


def new_nodes(size: int, leaf: bytes, read: ReadNode) -> list[tuple[int, int, bytes]]:
    """Complete subtrees, as ``(level, index, hash)``, that appear when a leaf hash is appended.

    ``size`` is the number of leaves before; ``read`` returns stored nodes.
    """
    made = [(0, size, leaf)]
    level, index, current = 0, size, leaf
    while index % 2 == 1:
        current = node_hash(read(level, index - 1), current)
        level, index = level + 1, index // 2
        made.append((level, index, current))
    return made


def root(size: int, read: ReadNode) -> bytes:
    """Root of the tree of ``size`` leaves, from stored nodes; the empty tree has SHA-256("")."""
    if size == 0:
        return EMPTY_ROOT
    return _range_root(0, size, read)


def _range_root(start: int, end: int, read: ReadNode) -> bytes:
    """Hash of the (possibly ragged) subtree over leaves ``start`` to ``end - 1``."""
    hashes = [read(level, index) for level, index in _cover(start, end)]
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """Sibling hashes, leaf to root, that prove leaf ``index`` of a tree of ``size`` leaves."""
    return _path(index, 0, size, read)


def _path(index: int, start: int, end: int, read: ReadNode) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, read), _range_root(middle, end, read)]
    return [*_path(index, middle, end, read), _range_root(start, middle, read)]


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def consistency_proof(old: int, new: int, read: ReadNode) -> list[bytes]:
    """Hashes that prove the tree of ``old`` leaves to be a prefix of the tree of ``new``."""
    if old in (0, new):
        return []
    return _subproof(old, 0, new, whole=True, read=read)


def _subproof(old: int, start: int, end: int, *, whole: bool, read: ReadNode) -> list[bytes]:
    if old == end - start:
        return [] if whole else [_range_root(start, end, read)]
    split = _split(end - start)
    if old <= split:
        left = _subproof(old, start, start + split, whole=whole, read=read)
        return [*left, _range_root(start + split, end, read)]
    right = _subproof(old - split, start + split, end, whole=False, read=read)
    return [*right, _range_root(start, start + split, read)]


def inclusion_holds(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes
) -> bool:
    """Whether a proof shows the leaf hash at ``index`` of the tree with that size and root.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    position, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position % 2 or position == last:
            current = node_hash(sibling, current)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and current == root_hash


def consistency_holds(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the tree ``old`` was extended, never changed, into ``new``.

    Trees without leaves prove nothing and are refused. Source: RFC 9162, section 2.1.4.2.
    """
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not hashes:
        return False
    return _fold_consistency(old, new, hashes) == (old_root, new_root)


def _fold_consistency(old: int, new: int, hashes: list[bytes]) -> tuple[bytes, bytes] | None:
    position, last = old - 1, new - 1
    while position % 2:
        position, last = position >> 1, last >> 1
    from_old = from_new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if position % 2 or position == last:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            from_new = node_hash(from_new, sibling)
        position, last = position >> 1, last >> 1
    return (from_old, from_new) if last == 0 else None
