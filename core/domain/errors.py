"""Refusals: how the domain declines, in words that can be translated."""

from typing import Any, ClassVar


class Refusal(Exception):
    """A request that the rules decline, with the reason and a remedy the reader can carry out.

    ``code`` is stable: pages, the API, logs and translations key on it. ``reason`` and
    ``remedy`` are English templates; parameters travel with the exception and are rendered,
    translated, at the edge. A refusal changes nothing.
    """

    code: ClassVar[str] = "refused"
    reason: ClassVar[str] = "The request was declined."
    remedy: ClassVar[str] = "Check the request and try again."
    registry: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known = Refusal.registry.setdefault(cls.code, cls)
        if known.__qualname__ != cls.__qualname__:
            raise TypeError(f"two refusals share the code {cls.code!r}: {known} and {cls}")

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code, params)

    def reason_text(self) -> str:
        """The reason in English, with its numbers."""
        return self.reason.format(**self.params)

    def remedy_text(self) -> str:
        """The remedy in English."""
        return self.remedy.format(**self.params)

    def __str__(self) -> str:
        return f"{self.reason_text()} {self.remedy_text()}"


class Phrase(str):
    """A part of a refusal that is itself said in words: translated with the refusal.

    As a string it is the English phrase, so it can be stored, compared and printed.
    """

    template: str
    params: dict[str, Any]

    __slots__ = ("params", "template")

    def __new__(cls, template: str, **params: Any) -> "Phrase":
        phrase = super().__new__(cls, template.format(**params))
        phrase.template = template
        phrase.params = params
        return phrase
