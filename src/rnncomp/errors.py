"""Every exception that rnncomp raises on purpose.

RnncompError
├── InvalidArgumentError   (ValueError)           an argument breaks its rule
├── UnsupportedError       (NotImplementedError)  a known option that rnncomp refuses by name
├── BackendError           (RuntimeError)         the wanted kernels cannot run on this machine
├── DataError              (ValueError)           the data cannot be used as they are
│   ├── DataFileError                             a file: missing, empty, unreadable, over a cap
│   ├── ColumnError                               a column is absent or of the wrong kind
│   ├── MissingValuesError                        empty cells, NaN or infinity
│   ├── TimeColumnError                           stamps that do not parse, repeat, or run backwards
│   └── SplitError                                a part has no window
├── ModelFileError         (ValueError)           a model file is damaged or of a newer version
├── OutputError            (OSError)              a result cannot be written where it was asked for
├── MissingExtraError      (ImportError)          an optional package is not installed
├── TrainingError          (RuntimeError)         a training could not be carried through
└── BaselineError          (RuntimeError)         a baseline has no forecast for these data
    └── BaselineCutError                          its time budget ended first

Messages are one line: the thing by name, the rule, what was received, and the next step.
"""


class RnncompError(Exception):
    """Base of all exceptions raised on purpose; catch it to catch them all.

    Example:
        >>> import rnncomp
        >>> try:
        ...     rnncomp.load("airlines")
        ... except rnncomp.RnncompError as error:
        ...     print(type(error).__name__)
        DataFileError
    """


class InvalidArgumentError(RnncompError, ValueError):
    """An argument breaks its rule."""


class UnsupportedError(RnncompError, NotImplementedError):
    """A known option that rnncomp refuses by name instead of ignoring it."""


class BackendError(RnncompError, RuntimeError):
    """The wanted kernels cannot run on this machine."""


class DataError(RnncompError, ValueError):
    """The data cannot be used as they are."""


class DataFileError(DataError):
    """A data file is missing, empty, unreadable, or over a cap."""


class ColumnError(DataError):
    """A named column is absent or holds the wrong kind of thing."""


class MissingValuesError(DataError):
    """There are empty cells, NaN or infinity, and no rule was given for them."""


class TimeColumnError(DataError):
    """Time stamps do not parse, repeat, or run backwards."""


class SplitError(DataError):
    """A part (train, validation, test) has no window."""


class ModelFileError(RnncompError, ValueError):
    """A model file is damaged, hostile, or written by a newer version."""


class OutputError(RnncompError, OSError):
    """A result cannot be written where it was asked for."""


class MissingExtraError(RnncompError, ImportError):
    """Something needs a package that only an extra of rnncomp installs."""


class TrainingError(RnncompError, RuntimeError):
    """A training could not be carried through."""


class BaselineError(RnncompError, RuntimeError):
    """A baseline has no forecast for these data; the message is the reason.

    Args:
        baseline: Its title, the first word of the message: ``ETS``.
        reason: What went on, the rest of the message.
    """

    def __init__(self, baseline: str, reason: str) -> None:
        super().__init__(f"{baseline} {reason}")
        self.baseline = baseline


class BaselineCutError(BaselineError):
    """A baseline was cut at the end of its time budget, after `seconds`."""

    def __init__(self, baseline: str, seconds: float) -> None:
        super().__init__(
            baseline,
            f"was cut after {seconds:g} s; give it more (baseline_seconds, --baseline-seconds)",
        )
        self.seconds = seconds
