"""``manage.py suggest``: what importers may sell in the next year, from a CSV of what they sold."""

from typing import Any

from imports.domain.suggestion_file import answer, read_sales
from imports.management.tools import ToolCommand


class Command(ToolCommand):
    """Reads ``importer,sku,period,units``; nobody's figures show in another's suggestion."""

    help = "Suggest next year's units, with quantiles."

    def answer(self, content: bytes) -> dict[str, Any]:
        """Suggestions by importer and SKU."""
        return answer(read_sales(content))
