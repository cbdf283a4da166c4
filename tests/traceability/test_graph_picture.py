"""The picture of a graph: cut where it would not fit, every word escaped."""

from defusedxml import ElementTree

from traceability.graph import Edge, Graph
from traceability.graph_picture import MOST_COLUMNS, MOST_LANES, is_whole, picture


def graph_of(events, things):
    edges = tuple(
        Edge(f"e{n}", "picked", "2025-11-02T00:00:00.000Z", n, tuple(things[n : n + 2]))
        for n in range(events)
    )
    return Graph(things[0], tuple(things), edges, 1, is_cut=False)


def drawn(found, thing=str):
    return ElementTree.fromstring(picture(found, "The <way>", thing, {"picked": "Taken & packed"}))


def test_a_long_way_is_drawn_as_far_as_it_fits_and_says_that_it_is_not_whole():
    found = graph_of(MOST_COLUMNS + 5, [f"t{n}" for n in range(MOST_COLUMNS + 7)])

    root = drawn(found)

    lanes = [text.text for text in root.iter("text") if text.text.startswith("t")]
    columns = [text.text for text in root.iter("text") if not text.text.startswith("t")]
    assert (len(lanes), lanes[0], is_whole(found)) == (MOST_LANES, "t0", False)
    assert columns == [str(n) for n in range(1, MOST_LANES + 1)]


def test_words_are_escaped_and_kinds_are_said():
    found = graph_of(2, ["a<b", "c", "d"])

    root = drawn(found)

    titles = [title.text for title in root.iter("title")]
    assert titles == ["The <way>", *["Taken & packed · 2025-11-02"] * 2]
    assert "a<b" in [text.text for text in root.iter("text")]
    assert is_whole(found)


def test_the_root_has_a_lane_though_no_event_touches_it():
    root = drawn(Graph("root", ("root",), (), 0, is_cut=False), str.upper)

    assert [text.text for text in root.iter("text")] == ["ROOT"]
    assert [each.get("class") for each in root.iter("text")] == ["chart-strong"]
