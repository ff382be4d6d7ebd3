"""How a comparison shows that it is working: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from rnncomp.cli.output import console, network_label, number

if TYPE_CHECKING:
    from rnncomp import Progress as Event

Listener = Callable[["Event"], None]
EVERY = 20.0  # seconds between two lines about the time left


@contextmanager
def training_display(
    networks: Sequence[str],
    *,
    seeds: int = 1,
    folds: int = 1,
    searches: int = 0,
    quiet: bool = False,
) -> Iterator[Listener | None]:
    """Show trainings on stderr while the block runs.

    Args:
        networks: Names of the networks, in the order of their lines.
        seeds: Trainings of each network on each fold.
        folds: Folds, each with its own trainings.
        searches: Trials of a search that comes first.
        quiet: Whether to show nothing.

    Yields:
        What to call with every progress event, from any thread; None when quiet.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield LiveLines(bars, networks, seeds=seeds, folds=folds, searches=searches)
    else:
        yield PlainLines(len(networks) * seeds * folds, folds=folds)


class PlainLines:
    """One line for every training that ended, and now and then one about the time left."""

    def __init__(self, total: int, *, folds: int = 1) -> None:
        self.total, self.folds, self.ended = total, folds, 0
        self.lock = threading.Lock()
        self.next = time.monotonic() + EVERY

    def __call__(self, event: Event) -> None:
        """Print a line if a training ended, or if it is time for one."""
        with self.lock:
            if event.done and event.trial is not None:
                sys.stderr.write(f"{_trial(event)}: {_losses(event)}\n")
            elif event.done:
                self.ended += 1
                made = "kept" if event.stored else "trained"
                name = network_label(event.network)
                sys.stderr.write(
                    f"{made} {name}, seed {event.seed}{_fold(event, self.folds)}: "
                    f"{event.epoch} epochs, {_losses(event)} ({self.ended} of {self.total})\n"
                )
            if event.seconds_left and time.monotonic() >= self.next:
                self.next = time.monotonic() + EVERY
                left = about(event.seconds_left)
                ended = f"{self.ended} of {self.total} trainings"
                what = ended if event.trial is None else "search"
                sys.stderr.write(f"{what}, {left} left\n")
            sys.stderr.flush()


def _trial(event: Event) -> str:
    made = "kept" if event.stored else "trained"
    name = network_label(event.network)
    return f"{made} {name}, trial {event.trial}, seed {event.seed}"


def _fold(event: Event, folds: int) -> str:
    return f", fold {event.fold + 1}" if folds > 1 else ""


def about(seconds: float) -> str:
    """Write a duration as roughly as it is known.

    Example:
        >>> [about(s) for s in (3, 44, 250, 9000)]
        ['a few seconds', 'about 40 s', 'about 4 min', 'about 2.5 h']
    """
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


class LiveLines:
    """A bar for each network over all its trainings, and one for everything with the time left."""

    def __init__(
        self,
        bars: Progress,
        networks: Sequence[str],
        *,
        seeds: int,
        folds: int = 1,
        searches: int = 0,
    ) -> None:
        self.bars, self.folds = bars, folds
        self.total = seeds * folds * len(networks)
        self.lock = threading.Lock()
        self.share: dict[tuple[str, int, int], float] = {}
        self.task = {
            name: bars.add_task(network_label(name), total=seeds * folds, text="waiting", end=None)
            for name in networks
        }
        self.trials: set[tuple[str, int | None]] = set()
        self.search = None
        if searches:
            self.search = bars.add_task("search", total=searches, text="", end=None)
        self.all = bars.add_task("all", total=self.total, text="", end=None, visible=bool(networks))

    def __call__(self, event: Event) -> None:
        """Move the bars to where `event` says its training is."""
        with self.lock:
            if event.trial is not None:
                self._searched(event)
                return
            share = 1.0 if event.done else event.epoch / max(event.epochs, 1)
            self.share[event.network, event.fold, event.seed] = share
            done = sum(s for (name, *_), s in self.share.items() if name == event.network)
            text = (
                f"seed {event.seed}{_fold(event, self.folds)}  "
                f"epoch {event.epoch}/{event.epochs}  {_losses(event)}"
            )
            self.bars.update(self.task[event.network], completed=done, text=text)
            ended = sum(s == 1.0 for s in self.share.values())
            text = f"{ended} of {self.total} trainings"
            left = event.seconds_left
            end = None if left is None else time.monotonic() + left
            self.bars.update(self.all, completed=sum(self.share.values()), text=text, end=end)

    def _searched(self, event: Event) -> None:
        if self.search is None:
            return
        if event.done:
            self.trials.add((event.network, event.trial))
        left = event.seconds_left
        end = None if left is None else time.monotonic() + left
        text = f"{_trial(event).split(' ', 1)[1]}  {_losses(event)}"
        self.bars.update(self.search, completed=len(self.trials), text=text, end=end)


def _losses(event: Event) -> str:
    validation = f"  val {number(event.val_loss)}" if event.val_loss is not None else ""
    return f"loss {number(event.loss)}{validation}"


def _bars() -> Progress:
    class TimeLeft(ProgressColumn):
        """The time left, on the line of all trainings alone; it runs down between two events."""

        max_refresh = 0.5

        def render(self, task: Task) -> Text:
            """Return the text for one line."""
            if task.fields["end"] is None or task.finished:
                return Text("")
            return Text(about(max(0.0, task.fields["end"] - time.monotonic())) + " left")

    return Progress(
        TextColumn("{task.description:<9}", style="bold"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[text]}"),
        TimeLeft(),
        console=console(stderr=True),
        transient=True,
    )
