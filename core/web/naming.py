"""Names in the reader's language, chosen by the database."""

from django.db.models import CharField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from core.web import locale


def named(prefix: str = "") -> Combinable:
    """The column ``name`` of what a path such as ``importer__`` leads to, or its Chinese one."""
    name = F(f"{prefix}name")
    if locale.language() != "zh-hans":
        return name
    chinese = NullIf(F(f"{prefix}name_zh"), Value(""), output_field=CharField())
    return Coalesce(chinese, name)
