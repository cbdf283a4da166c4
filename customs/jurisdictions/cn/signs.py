"""Signs of orders that are not for personal use, as China's announcements ask to look for them."""

from datetime import date

from customs.domain.guard import (
    Counted,
    GoodsForResale,
    Key,
    ManyBuyersOneAddress,
    ManyBuyersOnePhone,
    OneBuyerManyAddresses,
    Sign,
    SplitBelowLimit,
)

IN_FORCE = date(2019, 1, 1)
NO_RESALE = (
    "商财发〔2018〕486号 and GACC 2018 No. 194: personal use, no resale, report what is suspect "
    "(read in secondary sources); the figure is ours"
)

SIGNS = (
    Sign(ManyBuyersOneAddress, Key.ADDRESS, Counted.BUYERS, 5, 30, NO_RESALE, IN_FORCE),
    Sign(ManyBuyersOnePhone, Key.PHONE, Counted.BUYERS, 4, 30, NO_RESALE, IN_FORCE),
    Sign(OneBuyerManyAddresses, Key.BUYER, Counted.ADDRESSES, 6, 30, NO_RESALE, IN_FORCE),
    Sign(GoodsForResale, Key.ADDRESS, Counted.UNITS, 30, 30, NO_RESALE, IN_FORCE),
    Sign(SplitBelowLimit, Key.ADDRESS, Counted.NEAR_LIMIT, 3, 7, NO_RESALE, IN_FORCE),
)
"""In the order in which a broker would want to hear of them."""
