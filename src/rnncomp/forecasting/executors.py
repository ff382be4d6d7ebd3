"""Many trainings over the cores: one core each, the longest first, the last ones all cores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from rnncomp._check import integer
from rnncomp.forecasting.core_sharing import CoreShare
from rnncomp.forecasting.network_config import network_spec
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.forecasting.training_job import Report, TrainingJob, TrainingResult, run_training
from rnncomp.kernels import cores


def run_jobs(
    todo: Sequence[TrainingJob],
    data: Mapping[str, TrainingData],
    *,
    jobs: int | None = None,
    report: Report | None = None,
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

    Returns:
        The results, in the order of `todo`.

    Raises:
        InvalidArgumentError: `jobs` is below 1.
        KeyboardInterrupt: Ctrl-C; what was running has been stopped.
    """
    workers = cores() if jobs is None else integer("jobs", jobs)
    core_share = CoreShare(min(workers, cores()), len(todo))
    costs = [_cost(job, data[job.data_hash]) for job in todo]
    order = sorted(range(len(todo)), key=lambda index: -costs[index])
    futures: dict[int, Future[TrainingResult | None]] = {}
    with ThreadPoolExecutor(min(workers, max(len(todo), 1)), "training") as pool:
        try:
            for index in order:
                futures[index] = pool.submit(
                    run_training,
                    todo[index],
                    data[todo[index].data_hash],
                    report=report,
                    core_share=core_share,
                )
            # Short waits, because a blocked main thread would not see Ctrl-C on every platform.
            waiting = set(futures.values())
            while waiting:
                done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
        except BaseException:
            core_share.cancel()
            for future in futures.values():
                future.cancel()
            raise
    results = [futures[index].result() for index in range(len(todo))]
    return [result for result in results if result is not None]


def _cost(job: TrainingJob, data: TrainingData) -> float:
    """Return a number that grows with the time of a training: weights x windows x epochs."""
    spec = network_spec(job.config)
    return float(spec.n_params * len(data.train) * job.config.window * job.config.epochs)
