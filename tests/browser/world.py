"""Seeds a small pool year for the browser; run inside ``manage.py shell`` on its own folder."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from portal.demo.database import make_tables
from portal.demo.journal import Journal
from portal.demo.state import YearPlan
from portal.demo.year import play

SIZE = {"importers": 4, "products": 14, "lines_per_importer": 8, "orders": 16, "buyers": 8}
COMMAND = "from tests.browser.world import seed; seed()"


def environment(folder: Path) -> dict[str, str]:
    """The surroundings in which every command works on the folder's own database."""
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'pool.sqlite3'}",
        "BONDPOOL_VAR": str(folder),
        "DEBUG": "1",
    }


def seed() -> None:
    """Play a small year; keep who may sign in, and a code that a consumer has."""
    make_tables()
    outcome, sign_ins = play(YearPlan(**SIZE), Journal())
    told = {"code": outcome.code, "sign_ins": [asdict(each) for each in sign_ins]}
    folder = Path(os.environ["BONDPOOL_VAR"])
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
