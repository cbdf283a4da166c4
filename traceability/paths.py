"""What stands in the resolver's addresses."""

from traceability.domain.gs1.elements import BadElement
from traceability.domain.resolving import identify


class FourteenDigits:
    """A GTIN as fourteen digits."""

    regex = r"\d{14}"

    def to_python(self, value: str) -> str:
        """The digits."""
        return value

    def to_url(self, value: str) -> str:
        """The digits."""
        return value


class EighteenDigits(FourteenDigits):
    """An SSCC as eighteen digits."""

    regex = r"\d{18}"


class CompressedLink(FourteenDigits):
    """A compressed Digital Link; whatever does not unpack is left to other addresses."""

    regex = r"[A-Za-z0-9_-]{8,400}/?"

    def to_python(self, value: str) -> str:
        """The segment.

        Raises:
            ValueError: it is no compressed Digital Link.
        """
        try:
            identify(f"https://resolver/{value}")
        except BadElement as fault:
            raise ValueError(value) from fault
        return value
