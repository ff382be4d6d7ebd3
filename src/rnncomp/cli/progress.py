"""How a comparison shows that it is working: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from rnncomp.cli.output import LABELS, console, number

if TYPE_CHECKING:
    from rnncomp import Progress as Event

Listener = Callable[["Event"], None]


@contextmanager
def training_display(
    networks: Sequence[str], *, seeds: int, quiet: bool = False
) -> Iterator[Listener | None]:
    """Show trainings on stderr while the block runs.

    Args:
        networks: Names of the networks, in the order of their lines.
        seeds: Trainings of each network.
        quiet: Whether to show nothing.

    Yields:
        What to call with every progress event, from any thread; None when quiet.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield LiveLines(bars, networks, seeds)
    else:
        yield PlainLines(len(networks) * seeds)


class PlainLines:
    """One line for every training that ended."""

    def __init__(self, total: int) -> None:
        self.total, self.ended = total, 0
        self.lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Print a line if a training ended."""
        if not event.done:
            return
        with self.lock:
            self.ended += 1
            name = LABELS.get(event.network, event.network)
            sys.stderr.write(
                f"trained {name}, seed {event.seed}: {event.epoch} epochs, "
                f"{_losses(event)} ({self.ended} of {self.total})\n"
            )
            sys.stderr.flush()


class LiveLines:
    """A bar for each network over all its seeds, and one for everything with the time left."""

    def __init__(self, bars: Progress, networks: Sequence[str], seeds: int) -> None:
        self.bars, self.seeds = bars, seeds
        self.lock = threading.Lock()
        self.share: dict[tuple[str, int], float] = {}
        self.task = {
            name: bars.add_task(LABELS.get(name, name), total=seeds, text="waiting", left=False)
            for name in networks
        }
        self.all = bars.add_task("all", total=seeds * len(networks), text="", left=True)

    def __call__(self, event: Event) -> None:
        """Move the bars to where `event` says its training is."""
        with self.lock:
            share = 1.0 if event.done else event.epoch / max(event.epochs, 1)
            self.share[event.network, event.seed] = share
            done = sum(s for (name, _), s in self.share.items() if name == event.network)
            text = f"seed {event.seed}  epoch {event.epoch}/{event.epochs}  {_losses(event)}"
            self.bars.update(self.task[event.network], completed=done, text=text)
            ended = sum(s == 1.0 for s in self.share.values())
            total = self.seeds * len(self.task)
            text = f"{ended} of {total} trainings"
            self.bars.update(self.all, completed=sum(self.share.values()), text=text)


def _losses(event: Event) -> str:
    validation = f"  val {number(event.val_loss)}" if event.val_loss is not None else ""
    return f"loss {number(event.loss)}{validation}"


def _bars() -> Progress:
    class TimeLeft(ProgressColumn):
        """The time left, on the line of all trainings alone."""

        max_refresh = 0.5

        def render(self, task: Task) -> Text:
            """Return the text for one line."""
            if not task.fields["left"] or task.finished:
                return Text("")
            seconds = task.time_remaining
            left = (
                "--:--" if seconds is None else f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
            )
            return Text(f"{left} left")

    return Progress(
        TextColumn("{task.description:<9}", style="bold"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[text]}"),
        TimeLeft(),
        console=console(stderr=True),
        transient=True,
    )
