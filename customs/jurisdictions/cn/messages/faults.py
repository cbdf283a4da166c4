"""What can be wrong with a message, each as a refusal that says where and what to do.

No reason quotes a name, number or address of a person: findings are shown and kept in clear.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import Refusal

MOST_FINDINGS = 1_000
"""More are not looked for in one message: whoever mends these judges it again."""


class Level(StrEnum):
    """How bad a finding is."""

    SCHEMA = "schema"
    """The official schema refuses the message."""

    RULE = "rule"
    """The schema takes it; customs' own rules do not."""

    WARNING = "warning"
    """It may be right; look again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a message, and where."""

    path: str
    level: Level
    refusal: Refusal

    @property
    def code(self) -> str:
        """The refusal's stable code."""
        return self.refusal.code

    def as_json(self) -> dict[str, str]:
        """The finding in English, as files and commands give it."""
        return {
            "level": self.level.value,
            "code": self.code,
            "path": self.path,
            "reason": self.refusal.reason_text(),
            "remedy": self.refusal.remedy_text(),
        }


class MessageNotKnown(Refusal):
    """Raised for a file whose root is no message of the interface."""

    code = "message-not-known"
    reason = "The file begins with “{name}” in namespace “{namespace}”; that is no message here."
    remedy = "Choose a message or receipt of the retail import interface or the bonded system."


class ElementMissing(Refusal):
    """Raised where an element has to stand and does not."""

    code = "element-missing"
    reason = "{name} is missing; it has to stand before {before}."
    remedy = "Fill in {name}."


class ElementUnknown(Refusal):
    """Raised for an element that the part does not have."""

    code = "element-unknown"
    reason = "{name} is no element of this part, or is in another namespace."
    remedy = "Remove it, or write its name as the interface does."


class ElementOutOfPlace(Refusal):
    """Raised for an element that stands after one that has to follow it."""

    code = "element-out-of-place"
    reason = "{name} stands after {after}, which has to follow it."
    remedy = "Keep the order of the interface."


class ElementTooOften(Refusal):
    """Raised for an element that stands more often than it may."""

    code = "element-too-often"
    reason = "{name} stands more than {most} times."
    remedy = "Send the rest in another message."


class AttributeMissing(Refusal):
    """Raised where an attribute has to stand and does not."""

    code = "attribute-missing"
    reason = "The attribute {name} is missing."
    remedy = "Give the attribute {name}."


class AttributeUnknown(Refusal):
    """Raised for an attribute that the element does not have."""

    code = "attribute-unknown"
    reason = "{name} is no attribute of this element."
    remedy = "Remove the attribute."


class WrongLength(Refusal):
    """Raised for a text that is too short or too long."""

    code = "wrong-length"
    reason = "{name} has {count} characters; it takes {least} to {most}."
    remedy = "Shorten it or fill it in."


class NotANumber(Refusal):
    """Raised for a text where a number has to stand."""

    code = "not-a-number"
    reason = "{name} is not a number as the interface writes it."
    remedy = "Write digits with a point before decimals and nothing else; leave no blank number."


class TooManyDigits(Refusal):
    """Raised for a number with more digits or decimals than it may have."""

    code = "too-many-digits"
    reason = "{name} has more than {digits} digits, or more than {decimals} decimals."
    remedy = "Round the number."


class NotAsDeclared(Refusal):
    """Raised for an element that always has one value and has another."""

    code = "not-as-declared"
    reason = "{name} has to be “{fixed}”."
    remedy = "Write “{fixed}”."


class NotOfItsKind(Refusal):
    """Raised for a text that is not the time, day or base64 that has to stand there."""

    code = "not-of-its-kind"
    reason = "{name} is not written as {kind}."
    remedy = "Write it as the schema asks."


class TextBetweenElements(Refusal):
    """Raised for text in a part that is made of elements only."""

    code = "text-between-elements"
    reason = "Text stands between the elements of {name}."
    remedy = "Remove the text."


class ElementInText(Refusal):
    """Raised for elements inside a field that holds a text only."""

    code = "element-in-text"
    reason = "{name} holds elements where only a text may stand."
    remedy = "Put the text in without elements."
