"""Puts one face into one document: a single subset of the characters that were drawn.

The PDF library's own TrueType support cuts a face into fonts of 256 characters, which splits
Chinese text into many runs. Here a face is one composite font whose character ids are the code
points themselves, so a text is written as its UTF-16 bytes and read back by any viewer.
"""

from collections.abc import Hashable, Iterable
from struct import pack
from typing import NamedTuple

from core.pdf.fonts import Typeface
from core.pdf.objects import PdfFile, array, deflated, name

_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{ranges}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
_FILE_SYMBOLIC = 4
_RANGES_PER_BLOCK = 100
_MOST_PLACED = 10_000
"""Some four megabytes."""

_MOST_PLACED = 10_000
"""Some four megabytes."""

_RETURN, _RETURN_ESCAPED = "\r", "\\r"


class Placed(NamedTuple):
    """A text set into a box: its lines as operators, the size it took, and what was lost.

    ``unknown`` are the characters that the face lacks; where not ``whole``, the end was cut.
    """

    code: str
    size: float
    unknown: frozenset[str]
    whole: bool


class EmbeddedFont:
    """One face in one document: collects the characters drawn, then writes their subset."""

    def __init__(self, typeface: Typeface, resource: str) -> None:
        self.typeface = typeface
        self.resource = resource
        self.used: set[str] = {" "}
        self.placed: dict[Hashable, Placed] = {}
        """Texts as they were set before, by text and place: batches repeat most of theirs."""

    def encode(self, text: str) -> str:
        """A text as the string that a page shows it by; each character of it stands for a byte."""
        if not self.used.issuperset(text):
            self.used.update(text)
        code = text.encode("utf-16-be").decode("latin-1")
        code = code.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({code.replace(_RETURN, _RETURN_ESCAPED)})"

    def remember(self, key: Hashable, placed: Placed) -> Placed:
        """Keep a text that was set for the next page that has it in the same place."""
        if len(self.placed) >= _MOST_PLACED:
            self.placed.clear()
        self.placed[key] = placed
        return placed

    def write_into(self, file: PdfFile) -> int:
        """Write the face's objects into a file, once all pages are drawn; the font's number."""
        codes = sorted(map(ord, self.used))
        base = name(f"{_subset_tag(codes)}+{self.typeface.name}")
        descendant = self._descendant(file, base, codes)
        unicode = file.add_stream(deflated(_to_unicode(codes).encode("ascii")))
        return file.add(
            f"<</Type/Font/Subtype/Type0/BaseFont{base}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {unicode} 0 R>>".encode()
        )

    def _descendant(self, file: PdfFile, base: str, codes: list[int]) -> int:
        advance = self.typeface.advance
        system = "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        widths = "".join(f"{code}[{advance[chr(code)]:g}]" for code in codes)
        glyphs = file.add_stream(deflated(self._glyph_of_code(codes)))
        descriptor = self._descriptor(file, base, codes)
        return file.add(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont{base}"
            f"/CIDSystemInfo{system}/FontDescriptor {descriptor} 0 R/DW 1000/W[{widths}]"
            f"/CIDToGIDMap {glyphs} 0 R>>".encode()
        )

    def _descriptor(self, file: PdfFile, base: str, codes: list[int]) -> int:
        face = self.typeface.face
        outlines = face.makeSubset(codes)
        embedded = file.add_stream(deflated(outlines), f"/Length1 {len(outlines)}")
        return file.add(
            f"<</Type/FontDescriptor/FontName{base}/Flags {_FILE_SYMBOLIC}"
            f"/FontBBox{array(face.bbox)}/ItalicAngle {face.italicAngle:g}/Ascent {face.ascent:g}"
            f"/Descent {face.descent:g}/CapHeight {face.capHeight:g}/StemV {face.stemV:g}"
            f"/FontFile2 {embedded} 0 R>>".encode()
        )

    def _glyph_of_code(self, codes: list[int]) -> bytes:
        """Two bytes per code point up to the last: its glyph in the subset, in drawing order."""
        position = {0: 0}
        glyphs = [0] * (codes[-1] + 1)
        for code in codes:
            original = self.typeface.face.charToGlyph[code]
            glyphs[code] = position.setdefault(original, len(position))
        return pack(f">{len(glyphs)}H", *glyphs)


def _to_unicode(codes: Iterable[int]) -> str:
    pairs = [f"<{code:04X}> <{code:04X}>" for code in codes]
    blocks = [
        pairs[start : start + _RANGES_PER_BLOCK]
        for start in range(0, len(pairs), _RANGES_PER_BLOCK)
    ]
    ranges = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return _CMAP.format(ranges=ranges)


def _subset_tag(codes: list[int]) -> str:
    """Six capital letters that tell this subset from others, the same for the same characters."""
    number = sum(index * code for index, code in enumerate(codes, start=1))
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, 26)
        letters += chr(ord("A") + rest)
    return letters
