"""Identity numbers of persons and their check characters."""

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
