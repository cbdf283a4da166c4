"""Rules that customs holds a message to and that its schema does not know, as refusals."""

from core.domain.errors import Refusal


class CodeNotListed(Refusal):
    """Raised for a code that is not in the list of its field."""

    code = "code-not-listed"
    reason = "“{value}” is no code of {list}."
    remedy = "Choose a code of the list; have the list brought up to date if customs has a new one."


class FormNotKept(Refusal):
    """Raised for a time, day or number that is not written as the interface asks."""

    code = "form-not-kept"
    reason = "{name} is not written as {form}."
    remedy = "Write it as {form}."


class SumDiffers(Refusal):
    """Raised when amounts that belong together do not add up."""

    code = "sum-differs"
    reason = "{name} is {found}; {parts} make {expected}."
    remedy = "Correct the amounts; customs compares them to the cent."


class QuantityNotPositive(Refusal):
    """Raised for a quantity, weight or count that is nothing or less."""

    code = "quantity-not-positive"
    reason = "{name} is {found}; it has to be above 0."
    remedy = "Declare what is in the parcel."


class AmountNegative(Refusal):
    """Raised for a price or charge below nothing."""

    code = "amount-negative"
    reason = "{name} is {found}; it may not be below 0."
    remedy = "Write a discount as a discount, and a gift at price 0."


class UnitsNotPaired(Refusal):
    """Raised when of a quantity and its unit only one is given."""

    code = "units-not-paired"
    reason = "{quantity} and {unit} come together; only one is given."
    remedy = "Give both or neither."


class SameUnitOtherQuantity(Refusal):
    """Raised when one unit is declared with two quantities."""

    code = "same-unit-other-quantity"
    reason = "Declared and statutory unit are both {unit}, but {qty} is not {qty1}."
    remedy = "Give the same quantity for the same unit."


class StatutoryUnitDiffers(Refusal):
    """Raised when a statutory unit is not the one of the HS code."""

    code = "statutory-unit-differs"
    reason = "HS code {hs_code} is declared in {expected}; the line has {found}."
    remedy = "Declare the statutory units of the tariff."


class WeightsContradict(Refusal):
    """Raised when goods weigh more than the parcel that they are in."""

    code = "weights-contradict"
    reason = "The net weight {net} kg is above the gross weight {gross} kg."
    remedy = "Weigh the parcel, or correct the net weights of the products."


class NeededForBonded(Refusal):
    """Raised when a declaration out of a bonded zone lacks what only such a declaration needs."""

    code = "needed-for-bonded"
    reason = "{name} is missing; retail import out of a bonded zone (1210) needs it."
    remedy = "Fill in {name}."


class IdentityCheckFails(Refusal):
    """Raised when an identity number does not end in its check character."""

    code = "identity-check-fails"
    reason = "{name} does not end in the check character of a resident identity number."
    remedy = "Have the consumer look at the number again; customs compares it with the register."


class NameSaysNothing(Refusal):
    """Raised for a name that stands in for no name."""

    code = "name-says-nothing"
    reason = "{name} is “{found}”, which names nothing."
    remedy = "Write the name of the goods or the person."


class NotNumberedOn(Refusal):
    """Raised when lines are not numbered 1, 2, 3 and so on."""

    code = "lines-not-numbered-on"
    reason = "Line {place} has the number {found}."
    remedy = "Number the lines from 1 without gaps."


class NumberTwice(Refusal):
    """Raised when two papers of a message have the same number."""

    code = "number-twice"
    reason = "{name} “{value}” stands on papers {first} and {second} of the message."
    remedy = "Send each paper once."


class NotHalfWidth(Refusal):
    """Raised for a number or code with full-width or other unusual characters."""

    code = "not-half-width"
    reason = "{name} has characters other than plain letters, digits and signs."
    remedy = "Type it with half-width characters."
