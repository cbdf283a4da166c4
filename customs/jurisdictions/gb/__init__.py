"""Great Britain: assessment with customs' own rounding, down to the penny."""

from datetime import date

from customs.domain.jurisdiction import Jurisdiction
from customs.jurisdictions.gb import tables
from customs.jurisdictions.gb.layouts import IMPORT_FORM, import_sheet
from customs.jurisdictions.gb.rules import RULES
from customs.jurisdictions.gb.taxes import ROUNDING, assess


def person_year_limit_minor(_on: date) -> int | None:
    """Nobody's purchases are counted by the year."""
    return None


JURISDICTION = Jurisdiction(
    code="gb",
    name="Great Britain",
    currency="GBP",
    hs_digits=10,
    rounding=ROUNDING,
    documents=("invoice", "transport document", "declaration"),
    rules=RULES,
    assess=assess,
    assess_in_full=assess,
    person_year_limit_minor=person_year_limit_minor,
    return_codes=tables.return_codes(),
    error_codes={},
    code_lists=tables.code_list,
    code_list_names=tables.CODE_LISTS,
    figures={name: tables.table(name) for name in tables.FIGURES},
    layouts={IMPORT_FORM.name: IMPORT_FORM},
    sheet=import_sheet,
    messages=None,
    why_no_messages=(
        "Declarations go through the declarant's own software to the customs declaration service; "
        "nothing here sends or receives its messages."
    ),
)
