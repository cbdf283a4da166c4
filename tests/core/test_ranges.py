"""A download that broke off goes on where it stopped, and only in the same file."""

import itertools

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core.web.ranges import download, span

FILE = bytes(range(100))


def fetch(**headers):
    request = RequestFactory().get("/", headers=headers)
    return download(request, FILE, filename="b.zip", media_type="application/zip", etag="abc")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=95-1000", (95, 100)),
        ("bytes=100-", (100, 100)),
        ("bytes=9-3", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-9", None),
        ("", None),
        ("bytes=" + "9" * 40 + "-", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, expected):
    assert span(header, 100) == expected


def test_a_whole_file_says_that_it_can_be_had_in_pieces():
    response = fetch()

    assert (response.status_code, response.content) == (200, FILE)
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == '"abc"'
    assert response["Content-Disposition"] == 'attachment; filename="b.zip"'


def test_a_download_goes_on_where_it_stopped():
    first = fetch(Range="bytes=0-39")
    rest = fetch(**{"Range": "bytes=40-", "If-Range": '"abc"'})

    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == FILE
    assert rest["Content-Range"] == "bytes 40-99/100"


def test_a_file_that_changed_meanwhile_is_sent_whole():
    response = fetch(**{"Range": "bytes=40-", "If-Range": '"older"'})

    assert (response.status_code, response.content) == (200, FILE)


def test_a_piece_that_the_file_does_not_have_is_refused_with_its_size():
    response = fetch(Range="bytes=100-")

    assert (response.status_code, response.content) == (416, b"")
    assert response["Content-Range"] == "bytes */100"


@given(cuts=st.lists(st.integers(0, 99), max_size=4))
def test_pieces_put_together_are_the_file(cuts):
    edges = sorted({0, 100, *cuts})
    pieces = [fetch(Range=f"bytes={a}-{b - 1}").content for a, b in itertools.pairwise(edges)]

    assert b"".join(pieces) == FILE
