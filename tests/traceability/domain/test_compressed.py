"""Compressed Digital Links unpack to what other programs packed into them.

Cases: as published with Gs1DigitalLinkLib for .NET, a port of GS1's compression prototype.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.gs1.compressed import decompress
from traceability.domain.gs1.elements import BadElement

CASES = {
    "AN2yxDhfaiaw": "(00)998440410914660971",
    "AQnYUc1gmg": "(01)05412345000013",
    "AQnYUc1gmiCNV4JG": "(01)05412345000013(10)ABC123",
    "AQnYUc1gmiCNV4JGQhcNT6K6c": "(01)05412345000013(10)ABC123(21)72292641703",
    "AQnYUc1gmiCNV4JGQhcNT6K6cibQCWN9Pee9tT-PQ": (
        "(01)05412345000013(22)AJY3095721P49(10)ABC123(21)72292641703"
    ),
    "AQnYUc1gmiCNV4JGRNoBLG-nvPe2p_Ho": "(01)05412345000013(22)AJY3095721P49(10)ABC123",
    "AQnYUc1gmkax7ipGrOHDPC5YNI8hMz": "(01)05412345000013(235)8TFV883a904GH&3",
    "AQnYUc1gmkIXDU-iun": "(01)05412345000013(21)72292641703",
    "AQnYUc1gmkIXDU-iunIm0AljfT3nvbU_j0": "(01)05412345000013(22)AJY3095721P49(21)72292641703",
    "AQnYUc1gmkTaASxvp7z3tqfx6": "(01)05412345000013(22)AJY3095721P49",
    "JTLIetaiHYA": "(253)3060077601309",
    "JVUqG5hJ5wA": "(255)5678409730535",
    "QBl2DVoxZM2jVm3ZOWEFoxTR5HDgzZg": "(401)0541234537290A41&GHpp33",
    "QCJZyW9mC6Z4": "(402)21173492661712079",
    "QQSaVjC_dA": "(410)5060917510004",
    "QUSaVjC_dA": "(414)5060917510004",
    "JUa0T-eifdtOO9UFEmlYwv3Q": "(414)5060917510004(254)RP56J920471",
    "QUSaVjC_dHBAVlCrg": "(414)5060917510004(7040)5KFX",
    "cEB2CqjAAkuwatGLJm0as27JywgtGKaPI4cGbM": "(8004)0541234537290A41&GHpp33(7040)7BVR",
    "EEarwSMhC4an0V05E2gEsb6e897an8ewAMGAkftmjYEy": (
        "(8006)054123450000130201(22)AJY3095721P49(10)ABC123(21)72292641703"
    ),
    "EEarwSMhC4an0V08ADBgJH7Zo2BMg": "(8006)054123450000130201(10)ABC123(21)72292641703",
    "gAMJCAXukTMA": "(8003)04965031954585",
    "gASXYNWjFkzaNWbdk5YQWjFNHkcODNm": "(8004)0541234537290A41&GHpp33",
    "gAYMBI_bNGwJk": "(8006)054123450000130201",
    "IQuGp9FdORNoBLG-nvPe2p_HsADBgJH7Zo2BMg": (
        "(8006)054123450000130201(22)AJY3095721P49(21)72292641703"
    ),
    "gBCVYNWjFkzaNWbdk5YQWjFHHkM2cAI0xdvpGo": "(8010)0541234537290A41#GH33(8011)6639047221",
    "gBNw12345678901234MS": "(8013)12345678901234MS",
    "gBe1ajAd9ATDmAGXPRfk": "(8017)817019610850151481(8019)4003812",
    "gBhbV6rzBENPmAGXPRfk": "(8018)411369833821910265(8019)4003812",
    "EEarwSM": "(10)ABC123",
    "EEarwSMhC4an0V05E2gEsb6e897an8eg": "(22)AJY3095721P49(10)ABC123(21)72292641703",
    "JUa0T-eifdtOO9Q": "(254)RP56J920471",
    "gBlz0X5A": "(8019)4003812",
}


@pytest.mark.parametrize("segment", CASES)
def test_a_packed_segment_holds_what_was_packed(segment):
    found = sorted(f"({ai}){value}" for ai, value in decompress(segment))

    assert found == sorted(re.findall(r"\(\d+\)[^(]+", CASES[segment]))


@given(st.text("ABCabc019-_", min_size=1, max_size=40))
def test_any_text_is_unpacked_or_refused(text):
    try:
        found = decompress(text)
    except BadElement:
        return
    assert all(ai.isdigit() for ai, _ in found)
