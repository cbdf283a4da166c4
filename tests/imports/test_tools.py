"""The planning tools as outsiders meet them: a file in, JSON out, an error object when declined."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

ROUND = {
    "suppliers": [
        {
            "id": "S",
            "currency": "USD",
            "tiers": [{"from_units": 1, "price_factor": "1.00"}],
            "items": [
                {"sku": "A", "price": "2.50", "pack": 6, "moq": 6, "volume_m3": "0.1",
                 "weight_kg": 2}
            ],
            "container": {"volume_m3": "67", "weight_kg": "26500", "cost": "100.00"},
        }
    ],
    "demands": [{"importer": "x", "sku": "A", "units": 10, "tolerance": 1}],
}  # fmt: skip


IN_EUROS = {**ROUND["suppliers"][0], "id": "T", "currency": "EUR"}


def run(tool, content, tmp_path):
    """Exit code and answer of a tool; what is neither bytes nor text is written as JSON."""
    file = tmp_path / "input"
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    out, code = StringIO(), 0
    try:
        call_command(tool, input=file, stdout=out)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(out.getvalue())


def changed(path, value):
    """The round with one place changed, as ``suppliers.0.items.0.price``."""
    found = json.loads(json.dumps(ROUND))
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    at = found
    for step in way:
        at = at[step]
    at[last] = value
    return found


def test_plan_round_answers_lines_cost_bound_gap_and_shares(tmp_path):
    code, found = run("plan_round", ROUND, tmp_path)

    assert code == 0
    assert found.pop("seconds") >= 0
    assert found == {
        "lines": [{"supplier": "S", "sku": "A", "units": 12}],
        "cost": "130.00",
        "lower_bound": "130.00",
        "gap": 0.0,
        "shares": [{"importer": "x", "cost": "130.00", "standalone": "130.00"}],
        "allocation": [{"importer": "x", "sku": "A", "units": 11}],
        "buffer": [{"sku": "A", "units": 1}],
    }


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("suppliers", [], "$.suppliers"),
        ("suppliers", {}, "$.suppliers"),
        ("suppliers.0", 3, "$.suppliers[0]"),
        ("suppliers.0.id", "", "$.suppliers[0].id"),
        ("suppliers.0.currency", "XXX", "$.suppliers[0].currency"),
        ("suppliers.0.items.0.price", "-1", "$.suppliers[0].items[0].price"),
        ("suppliers.0.items.0.price", 2.5, "$.suppliers[0].items[0].price"),
        ("suppliers.0.items.0.price", "NaN", "$.suppliers[0].items[0].price"),
        ("suppliers.0.items.0.price", "1e5", "$.suppliers[0].items[0].price"),
        ("suppliers.0.items.0.pack", 0, "$.suppliers[0].items[0].pack"),
        ("suppliers.0.items.0.pack", True, "$.suppliers[0].items[0].pack"),
        ("suppliers.0.items.0.moq", -1, "$.suppliers[0].items[0].moq"),
        ("suppliers.0.items.0.weight_kg", None, "$.suppliers[0].items[0].weight_kg"),
        ("suppliers.0.container.volume_m3", "0", "$.suppliers[0].container.volume_m3"),
        ("suppliers.0.container.cost", None, "$.suppliers[0].container.cost"),
        ("suppliers.0.tiers.0.price_factor", "0", "$.suppliers[0].tiers[0].price_factor"),
        ("suppliers.0.tiers.0.from_units", "1", "$.suppliers[0].tiers[0].from_units"),
        ("demands", [], "$.demands"),
        ("demands.0.units", 1.5, "$.demands[0].units"),
        ("demands.0.units", -1, "$.demands[0].units"),
        ("demands.0.units", 10**12, "$.demands[0].units"),
        ("demands.0.tolerance", "2", "$.demands[0].tolerance"),
        ("demands.0.importer", 7, "$.demands[0].importer"),
        ("demands.0.sku", "B", "$.demands[0].sku"),
    ],
)
def test_a_wrong_value_in_a_round_is_refused_with_its_place(path, value, place, tmp_path):
    code, found = run("plan_round", changed(path, value), tmp_path)

    assert (code, list(found)) == (1, ["error"])
    assert found["error"]["place"] == place
    assert set(found["error"]) == {"code", "place", "value", "reason", "remedy"}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("suppliers", ROUND["suppliers"] * 2, "tool-file-named-twice"),
        ("suppliers", [*ROUND["suppliers"], IN_EUROS],
         "two-currencies"),
        ("suppliers.0.items", ROUND["suppliers"][0]["items"] * 2, "tool-file-named-twice"),
        ("demands", ROUND["demands"] * 2, "tool-file-named-twice"),
        ("suppliers.0.tiers", [{"from_units": 1, "price_factor": "0.9"},
                               {"from_units": 5, "price_factor": "1"}], "price-factor-rises"),
        ("suppliers.0.tiers", [{"from_units": 4, "price_factor": "1"},
                               {"from_units": 4, "price_factor": "1"}], "tool-file-named-twice"),
    ],
)  # fmt: skip
def test_a_round_that_contradicts_itself_is_refused(path, value, code, tmp_path):
    assert run("plan_round", changed(path, value), tmp_path)[1]["error"]["code"] == code


@pytest.mark.parametrize("tool", ["plan_round", "ration", "split"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"a": NaN}', b"9" * 5_000]
)
def test_what_is_not_json_is_refused(tool, content, tmp_path):
    code, found = run(tool, content, tmp_path)

    assert (code, found["error"]["code"]) == (1, "tool-file-not-json")


@pytest.mark.parametrize("tool", ["plan_round", "ration", "split"])
@pytest.mark.parametrize("content", [b"3", b"null", b"[]", b"{}", b'"x"'])
def test_json_of_another_shape_is_refused(tool, content, tmp_path):
    code, found = run(tool, content, tmp_path)

    assert (code, found["error"]["code"]) == (1, "tool-file-bad-value")


@pytest.mark.parametrize("tool", ["plan_round", "ration", "split", "suggest"])
def test_a_file_that_is_not_there_is_refused(tool, tmp_path):
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command(tool, input=tmp_path / "none", stdout=out)

    assert stop.value.code == 1
    assert json.loads(out.getvalue())["error"]["code"] == "tool-file-not-found"


def test_a_byte_order_mark_is_read_over(tmp_path):
    content = b"\xef\xbb\xbf" + json.dumps({"amount": 5, "weights": {"a": 1}}).encode()

    assert run("split", content, tmp_path) == (0, {"shares": {"a": 5}})


def test_ration_answers_in_the_order_of_the_file(tmp_path):
    demands = [{"id": "b", "units": 9}, {"id": "a", "units": 9, "weight": "2.5"}]
    code, found = run("ration", {"supply": 5, "rule": "uniform", "demands": demands}, tmp_path)

    assert code == 0
    assert [(grant["id"], grant["units"]) for grant in found["grants"]] == [("b", 2), ("a", 3)]
    assert "2.5 units" in found["grants"][0]["why"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"supply": -1, "rule": "uniform", "demands": []}, "$.supply"),
        ({"supply": 1, "rule": "fair", "demands": []}, "$.rule"),
        ({"supply": 1, "rule": [], "demands": []}, "$.rule"),
        ({"supply": 1, "rule": "uniform", "demands": None}, "$.demands"),
        ({"supply": 1, "rule": "uniform", "demands": [{"id": "a"}]}, "$.demands[0].units"),
        ({"supply": 1, "rule": "uniform", "demands": [{"id": "", "units": 1}]}, "$.demands[0].id"),
        (
            {"supply": 1, "rule": "uniform", "demands": [{"id": "a", "units": 1}] * 2},
            "$.demands[1].id",
        ),
        (
            {"supply": 1, "rule": "uniform", "demands": [{"id": "a", "units": 1, "weight": "-1"}]},
            "$.demands[0].weight",
        ),
    ],
)
def test_a_wrong_value_of_a_rationing_is_refused_with_its_place(content, place, tmp_path):
    code, found = run("ration", content, tmp_path)

    assert (code, found["error"]["place"]) == (1, place)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),
        (100, {"c": 1, "b": 1, "a": 1}, {"c": 33, "b": 33, "a": 34}),
        (-100, {"a": 1, "b": 1, "c": 1}, {"a": -34, "b": -33, "c": -33}),
        (7, {"a": "0.5", "b": "1.25"}, {"a": 2, "b": 5}),
        (10**30 + 1, {"a": 1, "b": 1}, {"a": 5 * 10**29 + 1, "b": 5 * 10**29}),
        (0, {"a": 0}, {"a": 0}),
    ],
)
def test_split_adds_up_whatever_the_order(amount, weights, shares, tmp_path):
    assert run("split", {"amount": amount, "weights": weights}, tmp_path) == (0, {"shares": shares})


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"amount": 1.5, "weights": {"a": 1}}, "$.amount"),
        ({"amount": True, "weights": {"a": 1}}, "$.amount"),
        ({"amount": 1, "weights": {}}, "$.weights"),
        ({"amount": 1, "weights": {"a": 0}}, "$.weights"),
        ({"amount": 1, "weights": {"a": -1}}, "$.weights.a"),
        ({"amount": 1, "weights": {"a": "x"}}, "$.weights.a"),
        ({"amount": 1, "weights": {"a": 0.5}}, "$.weights.a"),
        ('{"amount": 1, "weights": {"a": 1, "a": 2}}', "$"),
    ],
)
def test_a_wrong_value_of_a_split_is_refused_with_its_place(content, place, tmp_path):
    code, found = run("split", content, tmp_path)

    assert (code, found["error"]["place"]) == (1, place)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "row 1"),
        (b"importer,sku,units\n", "row 1"),
        (b"importer,sku,period,units\n", "row 2"),
        (b"importer,sku,period,units\nx,A,2025-01\n", "row 2"),
        (b"importer,sku,period,units\nx,A,2025-13,1\n", "row 2, period"),
        (b"importer,sku,period,units\nx,A,2025-01,1.5\n", "row 2, units"),
        (b"importer,sku,period,units\nx,A,2025-01,-1\n", "row 2, units"),
        (b"importer,sku,period,units\n,A,2025-01,1\n", "row 2, importer"),
        (b"importer,sku,period,units\nx,A,2025-01,1\nx,A,2025-W02,1\n", "row 3, period"),
        (b"importer,sku,period,units\nx,A,2025-01,1\nx,A,2025-01,2\n", "row 3"),
        (b"\xff\xfe", "$"),
    ],
)
def test_a_wrong_cell_of_a_record_is_refused_with_its_row_and_column(content, place, tmp_path):
    code, found = run("suggest", content, tmp_path)

    assert (code, found["error"]["place"]) == (1, place)


def test_suggest_answers_with_quantiles(tmp_path):
    rows = "".join(f"i{who},A,2025-{month:02d},3\n" for who in range(5) for month in range(1, 13))
    code, found = run("suggest", "importer,sku,period,units\n" + rows, tmp_path)

    assert code == 0
    assert found["suggestions"][0]["basis"] == "pool"
    assert found["suggestions"][0]["suggestion"] == 36
    assert list(found["suggestions"][0]["quantiles"]) == ["0.1", "0.25", "0.5", "0.75", "0.9"]
