"""Names that try to be programs, everywhere in the seeded world; run inside ``manage.py shell``."""

from core import sheets, tenancy
from core.models import Party, Pool
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.models import Product
from imports.services import upload_forecast

COMMAND = "from tests.browser.payloads import rename; rename()"
PICTURE = "<img src=x onerror=alert(1)>"
SCRIPT = "\"'><script>alert(2)</script>"


def rename() -> None:
    """Give parties, pools, products and an uploaded file such names."""
    with tenancy.as_operator("test"):
        Party.objects.update(name=PICTURE, name_zh=SCRIPT)
        Pool.objects.update(name=SCRIPT)
        Product.objects.update(name=SCRIPT, brand=PICTURE, name_zh=PICTURE)
    importer = Party.objects.get(code="IM01")
    row = [PICTURE, "", "", 2025, 0, SCRIPT, *[0] * 11]
    with tenancy.acting_for(importer):
        content = sheets.write_csv(TEMPLATE_HEADINGS, [row])
        upload_forecast(importer, f"{PICTURE}.csv", content, year=2025)
