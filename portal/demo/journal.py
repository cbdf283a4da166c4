"""What each stage of the year did, how much of it, and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Tell = Callable[[str], None]


@dataclass
class Stage:
    """One line of the table: a stage, what it counted, and its seconds over the year."""

    title: str
    counted: str
    count: int = 0
    seconds: float = 0.0


@dataclass
class Journal:
    """The stages in the order in which they first ran; quarters add up in one line."""

    tell: Tell = field(default=lambda _line: None)
    stages: dict[str, Stage] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def stage(self, title: str, counted: str) -> Iterator[Stage]:
        """Time a block; it adds to ``count`` what it did."""
        stage = self.stages.get(title)
        if stage is None:
            stage = self.stages[title] = Stage(title, counted)
            self.tell(f"… {title}")
        begun = time.monotonic()
        try:
            yield stage
        finally:
            stage.seconds += time.monotonic() - begun

    @property
    def seconds(self) -> float:
        """Seconds since the journal was opened."""
        return time.monotonic() - self.started

    def table(self) -> list[str]:
        """The stages as aligned lines."""
        width = max((len(stage.title) for stage in self.stages.values()), default=0)
        return [
            f"{stage.title:{width}}  {stage.count:>9,} {stage.counted:<24} {stage.seconds:6.1f} s"
            for stage in self.stages.values()
        ]
