"""What scanners read."""

import pytest

from warehouse.domain.scans import code_in, codes_in


@pytest.mark.parametrize(
    "scan",
    [
        "7QH2M4ZK9T0B3XWY",
        "7qh2-m4zk-9t0b-3xwy",
        " 7QH2 M4ZK 9T0B 3XWY ",
        "https://trace.example/01/09421902960017/21/7QH2M4ZK9T0B3XWY",
        "https://trace.example/01/09421902960017/10/L-1/21/7QH2M4ZK9T0B3XWY?lang=zh",
        "HTTPS://TRACE.EXAMPLE/T/7QH2M4ZK9T0B3XWY",
    ],
)
def test_a_code_is_read_as_issued_however_it_was_scanned(scan):
    assert code_in(scan) == "7QH2M4ZK9T0B3XWY"


def test_scans_stand_one_a_line_and_empty_lines_are_passed_over():
    assert codes_in("AAAA\n\n  \nbbbb\n") == ["AAAA", "BBBB"]
