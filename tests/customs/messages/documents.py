"""Random messages that the interface takes, built from the table of fields."""

import random
import string

from customs.jurisdictions.cn.messages.fields import Field, shapes
from customs.jurisdictions.cn.messages.papers import Message, Paper

SENT = ("CEB311", "CEB411", "CEB511", "CEB513", "CEB621", "CEB623", "CEB625")
GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
ANSWERS = ("CEB312", "CEB412", "CEB512", "CEB514", "CEB622", "CEB624", "CEB626", "CEB712")
TAXES = ("CEB816", "CEB818")
LETTERS = string.ascii_letters + string.digits + "婴儿配方奶粉罐&<>\"' é𠮷]"


def dice_of(seed: str) -> random.Random:
    """Dice that fall the same way every time for a seed."""
    return random.Random(seed)  # noqa: S311


WORDS = "".join(dice_of("words").choices(LETTERS, k=4_000))


def text(dice: random.Random, field: Field) -> str:
    """A text of the field, as short, as long, or as odd as it may be."""
    if field.fixed:
        return field.fixed
    if field.choices:
        fitting = [c for c in field.choices if len(c) >= field.length.least]
        return dice.choice(fitting)
    if field.kind == "decimal":
        return dice.choice(["0", "1", "0.00001", "99999999999999", "12.5", "-3.25", "007.50"])
    if field.kind == "whole":
        return str(dice.randint(1, 999_999_999))
    least, most = max(field.length.least, 1), field.length.most or 40
    size = dice.choice([least, most, dice.randint(least, most)])
    start = dice.randrange(len(WORDS) - size)
    found = WORDS[start : start + size]
    return found if found.strip() else "x" * size


def texts(dice: random.Random, part: Field) -> dict[str, str]:
    return {
        field.name: text(dice, field)
        for field in part.parts
        if field.is_mandatory or dice.random() < 0.5
    }


def message(dice: random.Random, code: str, *, papers: int) -> Message:
    """A message of the kind with that many papers of one to three lines."""
    shape = shapes()[code]
    tail = {part.name: part for part in shape.root.parts}
    return Message(
        code=code,
        guid=GUID,
        papers=tuple(_paper(dice, code) for _ in range(papers)),
        transfer=texts(dice, tail["BaseTransfer"]) if shape.is_outbound else {},
        subscriptions=tuple(
            texts(dice, tail["BaseSubscribe"])
            for _ in range(dice.choice([0, 0, 1, 5]) if shape.is_outbound else 0)
        ),
    )


def _paper(dice: random.Random, code: str) -> Paper:
    shape = shapes()[code]
    lines = range(dice.randint(1, 3)) if shape.line else ()
    return Paper(
        texts(dice, shape.head), tuple(texts(dice, shape.line) for _ in lines if shape.line)
    )
