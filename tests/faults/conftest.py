"""The besieged pool again, for what breaks by itself; deep tests only where they are named."""

from tests.attacks.conftest import standing_world, that_day, world

__all__ = ["standing_world", "that_day", "world"]


def pytest_collection_modifyitems(config, items):
    """Leave out what takes minutes, unless ``-m`` names it."""
    if "deep" not in config.getoption("-m"):
        left_out = [item for item in items if "deep" in item.keywords]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if "deep" not in item.keywords]
