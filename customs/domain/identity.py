"""Identity numbers of persons: check digits, and how they are shown on paper."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def resident_number_is_valid(number: str) -> bool:
    """Whether a resident identity number of 18 characters ends in its check character.

    Source: GB 11643-1999, which takes ISO 7064 MOD 11-2.
    """
    body, check = number[:17], number[17:]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECK[total % 11] == check.upper()


def masked_number(number: str) -> str:
    """An identity number with all but its first three and last two characters hidden."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def masked_name(name: str) -> str:
    """A name with everything but its first character hidden."""
    return name[:1] + "*" * (len(name) - 1)
