"""Puts one face into one document: a single subset of the characters that were drawn.

The PDF library's own TrueType support cuts a face into fonts of 256 characters, which splits
Chinese text into many runs. Here a face is one composite font whose character ids are the code
points themselves, so a text is written as its UTF-16 bytes and read back by any viewer.
"""

from collections.abc import Iterable
from struct import pack
from typing import Any

from reportlab.pdfbase import pdfdoc

from core.pdf.fonts import Typeface

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


class EmbeddedFont:
    """One face in one document: collects the characters drawn, then writes their subset."""

    def __init__(self, typeface: Typeface, resource: str) -> None:
        self.typeface = typeface
        self.resource = resource
        self.used: set[str] = {" "}

    def encode(self, text: str) -> str:
        """A text as the hexadecimal string that a page shows it by."""
        if not self.used.issuperset(text):
            self.used.update(text)
        return text.encode("utf-16-be").hex()

    def addObjects(self, document: Any) -> None:  # noqa: N802  the PDF library calls this name
        """Write the font's objects into the document, once all pages are drawn."""
        codes = sorted(map(ord, self.used))
        name = f"{_subset_tag(codes)}+{self.typeface.name}"
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": pdfdoc.PDFName(name),
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([self._descendant(document, name, codes)]),
                "ToUnicode": _stream(document, _to_unicode(codes).encode("ascii")),
            }
        )
        fonts = document.idToObject["BasicFonts"].dict
        fonts[self.resource] = document.Reference(font)

    def _descendant(self, document: Any, name: str, codes: list[int]) -> Any:
        advance = self.typeface.advance
        widths: list[Any] = []
        for code in codes:
            widths += [code, pdfdoc.PDFArray([advance[chr(code)]])]
        return document.Reference(
            pdfdoc.PDFDictionary(
                {
                    "Type": pdfdoc.PDFName("Font"),
                    "Subtype": pdfdoc.PDFName("CIDFontType2"),
                    "BaseFont": pdfdoc.PDFName(name),
                    "CIDSystemInfo": pdfdoc.PDFDictionary(
                        {
                            "Registry": pdfdoc.PDFString("Adobe"),
                            "Ordering": pdfdoc.PDFString("Identity"),
                            "Supplement": 0,
                        }
                    ),
                    "FontDescriptor": self._descriptor(document, name, codes),
                    "DW": 1000,
                    "W": pdfdoc.PDFArray(widths),
                    "CIDToGIDMap": _stream(document, self._glyph_of_code(codes)),
                }
            )
        )

    def _descriptor(self, document: Any, name: str, codes: list[int]) -> Any:
        face = self.typeface.face
        return document.Reference(
            pdfdoc.PDFDictionary(
                {
                    "Type": pdfdoc.PDFName("FontDescriptor"),
                    "FontName": pdfdoc.PDFName(name),
                    "Flags": _FILE_SYMBOLIC,
                    "FontBBox": pdfdoc.PDFArray(face.bbox),
                    "ItalicAngle": face.italicAngle,
                    "Ascent": face.ascent,
                    "Descent": face.descent,
                    "CapHeight": face.capHeight,
                    "StemV": face.stemV,
                    "FontFile2": _stream(document, face.makeSubset(codes)),
                }
            )
        )

    def _glyph_of_code(self, codes: list[int]) -> bytes:
        """Two bytes per code point up to the last: its glyph in the subset, in drawing order."""
        position = {0: 0}
        glyphs = [0] * (codes[-1] + 1)
        for code in codes:
            original = self.typeface.face.charToGlyph[code]
            glyphs[code] = position.setdefault(original, len(position))
        return pack(f">{len(glyphs)}H", *glyphs)


def _stream(document: Any, content: bytes) -> Any:
    stream = pdfdoc.PDFStream(content=content, filters=[pdfdoc.PDFZCompress])
    stream.dictionary["Length1"] = len(content)
    return document.Reference(stream)


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
