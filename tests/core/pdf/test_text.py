from hypothesis import given
from hypothesis import strategies as st

from core.pdf.fonts import Weight, typeface
from core.pdf.text import SMALLEST, fit, wrap

FACE = typeface(Weight.REGULAR)
TEXTS = st.text(alphabet="ab12 ,.宁波保税区。，（）\n", max_size=80)


def squeezed(text):
    return "".join(text.split())


def test_latin_breaks_at_spaces_and_chinese_between_characters():
    assert wrap("green tea", face=FACE, size=10, width=30) == ["green", "tea"]
    assert wrap("宁波保税区", face=FACE, size=10, width=30) == ["宁波保", "税区"]


def test_a_closing_mark_never_starts_a_line():
    assert wrap("宁波保。税区", face=FACE, size=10, width=30) == ["宁波", "保。税", "区"]


def test_a_word_wider_than_its_column_is_broken_by_force():
    assert wrap("ABCDEF", face=FACE, size=10, width=20) == ["ABC", "DEF"]


def test_line_ends_in_the_text_are_kept():
    assert wrap("1,234\n千克", face=FACE, size=10, width=100) == ["1,234", "千克"]


@given(text=TEXTS, width=st.integers(15, 120))
def test_wrapping_loses_no_character_and_no_line_is_too_wide(text, width):
    lines = wrap(text, face=FACE, size=10, width=width)

    assert squeezed("".join(lines)) == squeezed(text)
    assert all(FACE.width(line, 10) <= width + 1e-6 or len(line) == 1 for line in lines)


def test_a_text_that_fits_keeps_its_size():
    setting = fit("宁波", face=FACE, size=10, width=20, height=10)

    assert (setting.lines, setting.size, setting.whole) == (("宁波",), 10, True)


def test_a_text_too_long_is_made_smaller_before_it_is_cut():
    setting = fit("宁波保税区", face=FACE, size=10, width=30, height=10)

    assert setting.whole
    assert setting.lines == ("宁波保税区",)
    assert setting.size == 6


def test_a_text_that_no_readable_size_holds_is_cut_with_an_ellipsis_and_says_so():
    setting = fit("宁波保税区" * 20, face=FACE, size=10, width=30, height=10)

    assert not setting.whole
    assert setting.size == SMALLEST
    assert setting.lines == ("宁波保税区…",)


@given(text=TEXTS)
def test_a_fitted_text_is_whole_or_marked(text):
    setting = fit(text, face=FACE, size=9, width=40, height=24)

    assert setting.whole == (squeezed("".join(setting.lines)) == squeezed(text))
