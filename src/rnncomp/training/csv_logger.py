"""CSVLogger: the file that Keras's writes, and no open file between two epochs."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import OutputError
from rnncomp.nn.layer import check_flag
from rnncomp.training.callbacks import Callback, Logs


class CSVLogger(Callback):
    """Write the logs of every epoch as a line of a CSV file.

    The columns are ``epoch``, counted from 0, and the names in the logs of the first epoch,
    sorted; without validation there, ``val_`` columns are kept free with ``NA``, as in Keras.

    Args:
        filename: Where to; the folder must be there.
        separator: One character between two columns.
        append: Whether to go on in a file that is there, instead of starting it anew.

    Raises:
        InvalidArgumentError: `separator` is not one character.
        OutputError: The file cannot be written.

    Example:
        >>> CSVLogger("log.csv", append=True).filename
        'log.csv'
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        self.filename = os.fspath(filename)
        if not isinstance(separator, str) or len(separator) != 1 or separator in '\r\n"':
            raise fail("separator", "one character, no quote or end of line", separator)
        self.sep = separator
        self.append = check_flag("append", append)
        self.append_header = True
        self.keys: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start the file anew, or look whether there is something to go on from."""
        self.keys = None
        path = Path(self.filename)
        try:
            if not self.append:
                path.write_bytes(b"")
            elif path.exists():
                with path.open("rb") as file:
                    self.append_header = not file.readline()
        except OSError as error:
            raise self._failed(error) from None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write one line, and the names before the first."""
        logs = logs or {}
        begins = self.keys is None
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
        try:
            with open(self.filename, "a", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, delimiter=self.sep)
                if begins and self.append_header:
                    writer.writerow(["epoch", *self.keys])
                writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])
        except OSError as error:
            raise self._failed(error) from None

    def _failed(self, error: OSError) -> OutputError:
        why = error.strerror or str(error)
        return OutputError(f"{self.filename}: cannot be written ({why}); try another place")


def _cell(value: Any) -> Any:
    """Return a value as Keras writes it: what holds several in brackets and quotes."""
    if isinstance(value, Iterable) and not isinstance(value, str) and np.ndim(value) > 0:  # type: ignore[arg-type]
        return f'"[{", ".join(map(str, value))}]"'
    return value
