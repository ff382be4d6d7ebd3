"""The loop of fit: epochs in Python, batches in native calls of at most a tenth of a second.

Where nobody looks in between, one call takes several short epochs.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.errors import UnsupportedError
from rnncomp.nn.network import row_operations
from rnncomp.nn.random import permutation
from rnncomp.training.backup import BackupAndRestore
from rnncomp.training.backup_file import Backup
from rnncomp.training.callbacks import CallbackList, History
from rnncomp.training.measures import finished
from rnncomp.training.model import Model
from rnncomp.training.pieces import TRIAL_SHARE, PieceSizer, TeamSizer
from rnncomp.training.plan import FitPlan
from rnncomp.training.predict import evaluate_samples, kept_states
from rnncomp.training.progress import ProgressBar, write

MOST_ROWS = 1 << 20  # of sample numbers in one native call


class Fit:
    """One call of fit.

    Args:
        model: The compiled model; its `stop_training` ends the loop.
        plan: What to do.
        callbacks: Called as Keras calls them.
    """

    def __init__(self, model: Model, plan: FitPlan, callbacks: CallbackList) -> None:
        self.model, self.plan, self.callbacks = model, plan, callbacks
        self.network, self.compiled = model.network, model.compiled_with
        self.slots = self.compiled.slots_for(self.network.params)
        self.hooks = callbacks.has_batch_hooks("train")
        self.keeper = _keeper(callbacks)
        if self.keeper is not None and model.stateful:
            raise UnsupportedError(
                "BackupAndRestore does not keep the states of stateful layers; leave it out, or "
                "pass stateful=False"
            )
        self.backup: Backup | None = None  # to go on from
        # History alone takes what every epoch reports, and takes it as well a little later.
        self.unwatched = (
            not plan.verbose
            and plan.validation is None
            and all(type(callback) is History for callback in callbacks.callbacks)
        )
        operations = row_operations(self.network.spec, plan.train.window)
        self.pieces, self.team = PieceSizer(plan.batch_size * operations), TeamSizer()
        self.progress = ProgressBar(0, plan.steps)
        self.states = kept_states(model, plan.train, plan.batch_size)
        self.names, self.penalty = self.compiled.names, model.penalty

    def run(self) -> None:
        """Train all epochs."""
        logs: dict[str, float] = {}
        self.model.stop_training = False
        self.callbacks.call("on_train_begin")
        epoch, stopped = self._first_epoch()
        while epoch < self.plan.epochs and not stopped:
            for logs in self._epochs(epoch):
                seen = self.callbacks.call("on_epoch_end", epoch, logs=logs)
                self.progress.finish(seen)
                epoch += 1
                if self.keeper is not None:
                    self.keeper.after_epoch(self.callbacks.callbacks, epoch)
            stopped = self.model.stop_training
        self.callbacks.call("on_train_end", logs=logs)

    def _first_epoch(self) -> tuple[int, bool]:
        """Return the epoch to begin with, and whether all is done: of a backup, if there is one."""
        self.backup = self.keeper.find() if self.keeper is not None else None
        if self.backup is None:
            return self.plan.initial_epoch, False
        epoch, batch = self.backup.epoch, self.backup.batch
        if batch == 0:
            self._restore()
        return epoch, self.model.stop_training

    def _restore(self) -> NDArray[np.float64]:
        """Make things as they were when the backup was written; return its epoch's reports."""
        backup, self.backup = self.backup, None
        if backup is None:
            return np.empty((0, len(self.plan.specs), 2))
        backup.restore(self.model, self.callbacks.callbacks)
        return backup.reports

    def _epochs(self, epoch: int) -> list[dict[str, float]]:
        """Train the next epoch, or several that nobody watches; return the logs of each."""
        # Short enough that also a trial of another number of threads holds a whole one.
        if self.unwatched and self.plan.steps * TRIAL_SHARE <= self.pieces.size:
            return self._several_epochs(self.plan.epochs - epoch)
        return [self._epoch(epoch)]

    def _several_epochs(self, left: int) -> list[dict[str, float]]:
        """Train on some of the `left` epochs in one call; return the means of each."""
        steps, n = self.plan.steps, len(self.plan.train)
        threads = self._threads()
        batches = self.pieces.next(left * steps, trial=self.team.trial)
        count = max(1, min(batches // steps, MOST_ROWS // n))
        rows = np.array([self._rows(ahead) for ahead in range(count)])
        reports = self._call(rows, count * steps, threads, epochs=count)
        return [self._means(each, steps) for each in reports.reshape(count, steps, -1, 2)]

    def _epoch(self, epoch: int) -> dict[str, float]:
        plan = self.plan
        self.callbacks.call("on_epoch_begin", epoch)
        if plan.verbose and plan.epochs > 1:
            write(f"Epoch {epoch + 1}/{plan.epochs}\n")
        self.progress = ProgressBar(plan.verbose, plan.steps)
        # After the hook: what it changed had been changed, and more, when the backup was written.
        before = self._restore()
        logs = self._train(self._rows(), epoch, before)
        self.compiled.epochs += 1
        if plan.validates(epoch) and plan.validation is not None:
            scores = evaluate_samples(
                self.model, plan.validation, plan.validation_batch_size, self.callbacks
            )
            logs.update({f"val_{name}": value for name, value in scores.items()})
        return logs

    def _rows(self, ahead: int = 0) -> NDArray[np.int64]:
        """Return the order of the samples, now or some epochs ahead.

        It is a function of the seed and the epochs trained before, so that fit(10 epochs) twice
        is fit(20 epochs), to the byte.
        """
        n = len(self.plan.train)
        if not self.plan.shuffle:
            return np.arange(n, dtype=np.int64)
        return permutation(self.model.seed, f"shuffle/{self.compiled.epochs + ahead}", n)

    def _train(
        self, rows: NDArray[np.int64], epoch: int, before: NDArray[np.float64]
    ) -> dict[str, float]:
        """Train on all batches of an epoch; return the means of loss and metrics.

        `before` are the reports of those that were trained before the program was killed.
        """
        plan, steps, done = self.plan, self.plan.steps, len(before)
        reports = np.empty((steps, len(plan.specs), 2))
        reports[:done] = before
        # Another thread may stop a training between two native calls; one batch at least is run.
        while done < steps and (done == 0 or not self.model.stop_training):
            threads = self._threads()
            size = 1 if self.hooks else self.pieces.next(steps - done, trial=self.team.trial)
            if self.hooks:
                self.callbacks.call("on_train_batch_begin", done)
            piece = rows[done * self.plan.batch_size : (done + size) * self.plan.batch_size]
            reports[done : done + size] = self._call(piece, size, threads)
            done += size
            if self.hooks:
                logs = self._means(reports, done)
                self.callbacks.call("on_train_batch_end", done - 1, logs=logs)
                if self.keeper is not None:
                    place = epoch, done
                    self.keeper.after_batch(self.callbacks.callbacks, place, reports[:done])
            if self.progress.due():
                self.progress.update(done, self._means(reports, done))
        return self._means(reports, done)

    def _threads(self) -> int:
        """Return the threads of the next call: those asked for, else those that are fastest."""
        most = self.model.threads_for(self.plan.train.window, self.plan.batch_size)
        return most if self.model.threads else self.team.next(most)

    def _call(
        self, rows: NDArray[np.int64], size: int, threads: int, *, epochs: int = 0
    ) -> NDArray[np.float64]:
        """Train on the `size` batches of `rows`, `epochs` whole ones, in one call of the engine."""
        plan, compiled = self.plan, self.compiled
        before = compiled.iteration, compiled.epochs
        rates = compiled.optimizer.rates(compiled.iteration, size)
        started = time.perf_counter()
        # Counted first: an interrupt is raised when the call has returned, with its work done.
        compiled.iteration += size
        compiled.epochs += epochs
        try:
            reports = self.network.engine_with(threads).train(
                self.network.params,
                self.slots,
                plan.train,
                rows,
                batch_size=plan.batch_size,
                iteration=before[0],
                learning_rates=rates,
                loss=plan.specs[0],
                metrics=plan.specs[1:],
                optimizer=compiled.optimizer.spec,
                penalty=self.penalty,
                seed=self.model.seed,
                states=self.states,
            )
        except Exception:
            compiled.iteration, compiled.epochs = before
            raise
        seconds = time.perf_counter() - started
        self.pieces.record(size, seconds)
        self.team.record(threads, size, seconds)
        return reports

    def _means(self, reports: NDArray[np.float64], done: int) -> dict[str, float]:
        """Return the means over the samples of the first `done` batches."""
        values = finished(self.plan.specs, reports[:done].sum(axis=0))
        return dict(zip(self.names, values, strict=True))


def _keeper(callbacks: CallbackList) -> BackupAndRestore | None:
    """Return the callback that keeps backups, if there is one."""
    found = [each for each in callbacks.callbacks if isinstance(each, BackupAndRestore)]
    if len(found) > 1:
        raise fail("callbacks", "without a second BackupAndRestore", found)
    return found[0] if found else None
