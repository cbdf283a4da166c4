import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import merkle
from tests.shared_data import oracle


def tree(leaves: list[bytes]) -> merkle.ReadNode:
    """Stored nodes of the tree over raw leaves."""
    nodes: dict[merkle.Node, bytes] = {}
    read = lambda level, index: nodes[(level, index)]  # noqa: E731
    for size, leaf in enumerate(leaves):
        for level, index, value in merkle.new_nodes(size, merkle.leaf_hash(leaf), read):
            nodes[(level, index)] = value
    return read


def plain_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1, written down as it stands."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


LEAVES = [f"fact {n}".encode() for n in range(70)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 64, 70])
def test_the_root_is_that_of_the_definition(size):
    read = tree(LEAVES[:size])

    assert merkle.root(size, read) == plain_root([merkle.leaf_hash(x) for x in LEAVES[:size]])


def test_the_empty_tree_has_the_hash_of_nothing():
    assert merkle.root(0, tree([])) == merkle.EMPTY_ROOT


@given(size=st.integers(1, 70), data=st.data())
def test_every_leaf_can_be_proved_and_no_other_in_its_place(size, data):
    read = tree(LEAVES[:size])
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, read)
    root = merkle.root(size, read)

    def holds(leaf: bytes) -> bool:
        return merkle.inclusion_holds(
            index=index, size=size, leaf=merkle.leaf_hash(leaf), proof=proof, root_hash=root
        )

    assert holds(LEAVES[index])
    assert not holds(b"another fact")


@given(new=st.integers(1, 70), data=st.data())
def test_an_older_tree_is_a_prefix_of_every_newer_one(new, data):
    old = data.draw(st.integers(1, new))
    read = tree(LEAVES[:new])

    assert merkle.consistency_holds(
        old=old,
        new=new,
        old_root=merkle.root(old, read),
        new_root=merkle.root(new, read),
        proof=merkle.consistency_proof(old, new, read),
    )


def test_a_rewritten_history_is_not_consistent():
    read = tree(LEAVES[:8])
    forged = tree([b"forged", *LEAVES[1:8]])

    assert not merkle.consistency_holds(
        old=5,
        new=8,
        old_root=merkle.root(5, read),
        new_root=merkle.root(8, forged),
        proof=merkle.consistency_proof(5, 8, forged),
    )


def cases(kind: str) -> list[dict]:
    paths = sorted(oracle("trace", "merkle", "testdata", kind).rglob("*.json"))
    return [json.loads(path.read_text()) for path in paths]


def raw(value: str | None) -> bytes:
    return base64.b64decode(value or "")


def test_published_inclusion_proofs_are_judged_as_published():
    for case in cases("inclusion"):
        holds = merkle.inclusion_holds(
            index=case["leafIdx"],
            size=case["treeSize"],
            leaf=raw(case["leafHash"]),
            proof=[raw(x) for x in case["proof"] or []],
            root_hash=raw(case["root"]),
        )
        assert holds is not case["wantErr"], case["desc"]


def test_published_consistency_proofs_are_judged_as_published():
    for case in cases("consistency"):
        holds = merkle.consistency_holds(
            old=case["size1"],
            new=case["size2"],
            old_root=raw(case["root1"]),
            new_root=raw(case["root2"]),
            proof=[raw(x) for x in case["proof"] or []],
        )
        assert holds is not case["wantErr"], case["desc"]
