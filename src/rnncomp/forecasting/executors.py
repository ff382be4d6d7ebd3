"""run_jobs: many trainings at the same time, on the cores of this machine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from rnncomp._check import integer
from rnncomp.errors import OutputError
from rnncomp.forecasting.core_sharing import CoreShare
from rnncomp.forecasting.network_config import network_spec
from rnncomp.forecasting.time_left import TimeLeft, Work, starting_order
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.forecasting.training_job import (
    Progress,
    Report,
    TrainingJob,
    TrainingResult,
    run_training,
)
from rnncomp.forecasting.training_store import TrainingStore
from rnncomp.kernels import cores


def run_jobs(
    todo: Sequence[TrainingJob],
    data: Mapping[str, TrainingData],
    *,
    jobs: int | None = None,
    report: Report | None = None,
    store: TrainingStore | None = None,
) -> list[TrainingResult]:
    """Run all trainings; the number of `jobs` never changes a byte of a result.

    Threads are enough: the kernels release the interpreter, and nothing has to be copied. When
    fewer trainings than cores are left, they share the idle ones, from their next native call on.

    Args:
        todo: The trainings.
        data: What they train on, by the hash that the trainings name.
        jobs: Trainings at the same time, and cores in all; None for the cores that this process
            may use.
        report: Called after every epoch of each training, from several threads.
        store: Trainings in it are not run again, and each that ends is put in at once. Where that
            fails, for want of space, the trainings go on, and a note of the store says so.

    Returns:
        The results, in the order of `todo`.

    Raises:
        InvalidArgumentError: `jobs` is below 1.
        KeyboardInterrupt: Ctrl-C; what was running has been stopped.
    """
    workers = cores() if jobs is None else integer("jobs", jobs)
    results = {} if store is None else _stored(todo, store, report)
    left = [index for index in range(len(todo)) if index not in results]
    works = [_work(todo[index], data[todo[index].data_hash]) for index in left]
    order = starting_order(works)
    core_share = CoreShare(min(workers, cores()), len(left))
    workers = min(workers, max(len(left), 1))
    time_left = TimeLeft([works[place] for place in order], workers)
    futures: dict[int, Future[TrainingResult | None]] = {}
    with ThreadPoolExecutor(workers, "training") as pool:
        try:
            for place, index in enumerate(left[k] for k in order):
                job = todo[index]
                futures[index] = pool.submit(
                    _run,
                    job,
                    data[job.data_hash],
                    core_share=core_share,
                    report=_Listener(report, time_left, place),
                    store=store,
                )
            _wait(futures.values())
        except BaseException:
            core_share.cancel()
            for future in futures.values():
                future.cancel()
            raise
    made = {index: future.result() for index, future in futures.items()} | results
    return [result for index in range(len(todo)) if (result := made[index]) is not None]


def _stored(
    todo: Sequence[TrainingJob], store: TrainingStore, report: Report | None
) -> dict[int, TrainingResult | None]:
    """Return what is in the store, by its place in `todo`, and report it as done."""
    found: dict[int, TrainingResult | None] = {}
    for index, job in enumerate(todo):
        if (result := store.get(job)) is not None:
            found[index] = result
            if report is not None:
                report(_done(result))
    return found


def _done(result: TrainingResult) -> Progress:
    job, losses = result.job, result.history["loss"]
    val_losses = result.history.get("val_loss", [None])
    return Progress(
        job.name, job.seed, len(losses), job.config.epochs, losses[-1], val_losses[-1],
        done=True, fold=job.fold, stored=True,
    )  # fmt: skip


class _Listener:
    """What a training of many calls: adds the time left, and passes on."""

    def __init__(self, report: Report | None, time_left: TimeLeft, place: int) -> None:
        self._report, self._time_left, self._place = report, time_left, place

    def begin(self) -> None:
        self._time_left.began(self._place)

    def __call__(self, event: Progress) -> None:
        seconds = self._time_left.reached(self._place, event.epoch, done=event.done)
        if self._report is not None:
            self._report(replace(event, seconds_left=seconds))


def _run(
    job: TrainingJob,
    data: TrainingData,
    *,
    core_share: CoreShare,
    report: _Listener,
    store: TrainingStore | None,
) -> TrainingResult | None:
    report.begin()
    result = run_training(job, data, report=report, core_share=core_share)
    if store is not None and result is not None:
        try:
            store.put(result)
        except OutputError as error:  # hours of trainings are worth more than the copy of one
            store.note(str(error))
    return result


def _wait(futures: Collection[Future[TrainingResult | None]]) -> None:
    """Wait until all have ended or one has failed, and raise what it raised."""
    # Short waits, because a blocked main thread would not see Ctrl-C on every platform.
    waiting = set(futures)
    while waiting:
        done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()


def _work(job: TrainingJob, data: TrainingData) -> Work:
    """Return how much there is to do, in weights times the windows that they are used on.

    All weights but those of the last layer are used at each time step. A window that is learned
    from costs three times one that is only looked at: the gradients of the inputs and of the
    weights take as long as the way forward. By that measure the three cells differ in speed by less
    than a tenth at 32 and at 50 units, and by half at 8.
    """
    config = job.config
    last = config.outputs * (config.units + 1)
    of_window = (network_spec(config).n_params - last) * config.window + last
    rounds = -(-config.ahead // config.horizon)
    return Work(
        kind=config,
        cost=of_window * (len(data.train) + len(data.validation) / 3),
        forecasts=of_window * rounds * sum(map(len, data.ahead.values())) / 3,
        epochs=config.epochs,
        time_limit=config.time_limit,
    )
