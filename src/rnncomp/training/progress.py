"""What fit, evaluate and predict print: Keras's bar (verbose=1) or one line (verbose=2)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping

from rnncomp._check import fail

WIDTH = 20
INTERVAL_SECONDS = 0.05
BOLD, GREEN, WHITE, RESET = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


def check_verbose(value: object) -> int:
    """Return 0 (silent), 1 (a bar) or 2 (a line); ``auto`` is 1, as in Keras."""
    if value == "auto":
        return 1
    if isinstance(value, (bool, int)) and value in (0, 1, 2):
        return int(value)
    raise fail("verbose", "'auto', 0 (silent), 1 (a bar) or 2 (a line)", value)


class ProgressBar:
    """Shows how far the steps of one epoch, evaluation or prediction are.

    On a terminal or in a notebook the bar is redrawn in place; elsewhere, in a file or a pipe,
    only its last state is written, and never a control character.

    Args:
        verbose: 0, 1 or 2.
        steps: Steps there are.

    Example:
        >>> progress = ProgressBar(2, 20)
        >>> progress.finish({"loss": 0.25})  # doctest: +ELLIPSIS
        20/20 - 0s - ...us/step - loss: 0.2500
    """

    def __init__(self, verbose: int, steps: int) -> None:
        self.verbose = verbose
        self.steps = steps
        self.live = verbose == 1 and _redraws()
        self.colours = self.live and not os.environ.get("NO_COLOR")
        self.started = time.perf_counter()
        self.last_update = 0.0
        self.last_width = 0

    def due(self) -> bool:
        """Whether the bar is redrawn by an update now."""
        return self.live and time.perf_counter() - self.last_update >= INTERVAL_SECONDS

    def update(self, done: int, logs: Mapping[str, float]) -> None:
        """Redraw the bar, if it is due."""
        if not self.due():
            return
        self.last_update = time.perf_counter()
        elapsed = self.last_update - self.started
        per_step = elapsed / max(done, 1)
        self._draw(done, clock(per_step * (self.steps - done)), per_step, logs)

    def finish(self, logs: Mapping[str, float]) -> None:
        """Write the last state."""
        if not self.verbose:
            return
        elapsed = time.perf_counter() - self.started
        per_step, seconds = elapsed / max(self.steps, 1), f"{elapsed:.0f}s"
        if self.verbose == 2:
            speed = step_time(per_step)
            write(f"{self.steps}/{self.steps} - {seconds} - {speed}{metrics_text(logs)}\n")
            return
        self._draw(self.steps, seconds, per_step, logs)
        write("\n")

    def _draw(self, done: int, clock_text: str, per_step: float, logs: Mapping[str, float]) -> None:
        count = f"{done:>{len(str(self.steps))}}/{self.steps}"
        filled = WIDTH * done // self.steps if self.steps else WIDTH
        block = "━" if _can_write("━") else "="
        full, rest = block * filled, block * (WIDTH - filled)
        tail = f" {step_time(per_step)}{metrics_text(logs)}"
        if self.colours:
            count, clock_text = f"{BOLD}{count}{RESET}", f"{BOLD}{clock_text}{RESET}"
            full, rest = f"{GREEN}{full}{RESET}", f"{WHITE}{rest}{RESET}"
        else:
            rest = "." * (WIDTH - filled)
        text = f"{count} {full}{rest} {clock_text}{tail}"
        width = len(text)
        write(("\r" if self.live else "") + text + " " * (self.last_width - width))
        self.last_width = width


def metrics_text(logs: Mapping[str, float]) -> str:
    """Return `` - loss: 0.0123 - mae: 4.5000e-04`` as Keras writes numbers.

    Example:
        >>> metrics_text({"loss": 0.0123, "mae": 0.00045})
        ' - loss: 0.0123 - mae: 4.5000e-04'
    """
    return "".join(
        f" - {name}: {value:.4f}" if abs(value) > 1e-3 else f" - {name}: {value:.4e}"
        for name, value in logs.items()
    )


def step_time(seconds: float) -> str:
    """Return ``9ms/step``.

    Example:
        >>> step_time(0.0091), step_time(25e-6), step_time(2)
        ('9ms/step', '25us/step', '2s/step')
    """
    if seconds >= 1.0:
        return f"{seconds:.0f}s/step"
    return f"{seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/step"


def clock(seconds: float) -> str:
    """Return the time left: ``7s``, ``1:05``, ``2:00:09``.

    Example:
        >>> clock(7.6), clock(65), clock(7209)
        ('7s', '1:05', '2:00:09')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"


def write(text: str) -> None:
    """Write to standard output at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def _redraws() -> bool:
    isatty = getattr(sys.stdout, "isatty", lambda: False)
    # A notebook is no terminal, and redraws: its stream says so, not what has been imported.
    return bool(isatty()) or type(sys.stdout).__module__.startswith("ipykernel.")


def _can_write(character: str) -> bool:
    try:
        character.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
