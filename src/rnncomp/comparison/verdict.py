"""The verdict: a few plain sentences that the numbers of a comparison support."""

from __future__ import annotations

from rnncomp._check import one_of
from rnncomp.comparison.judgement import Judgement
from rnncomp.comparison.leaderboard import label
from rnncomp.comparison.sentences import Words
from rnncomp.comparison.wording import Numbers

LEAK = (
    "The scaler was fitted on all data, test part included: this leak may flatter the networks "
    "(scale_on='train' has none)."
)
EQUAL_PARAMETERS = "The networks have about as many parameters as each other, not as many units."
DIFFERENT = {
    "parameters": EQUAL_PARAMETERS,
    "trials": "The networks differ in more than the cell: each has the options that were best on "
    "the validation part in a search of its own, with the same number of trials.",
    "nothing": "The networks differ in more than the cell: each has options of its own.",
}
"""What to say about networks that have not as many units as each other, by what is alike."""


def make_verdict(
    judgement: Judgement, *, leaks: bool = False, equal: str = "units", metric: str = "MAE"
) -> tuple[str, ...]:
    """Put a judgement into words; what is not better than a baseline comes first.

    Beside each claim stands the interval of the difference, in percent of the other one's error.
    It is for other seeds and another stretch of time at once, and all of them hold together.

    Args:
        judgement: What may be said.
        leaks: Whether the scaler has seen the test part.
        equal: What all networks have alike: ``units``, ``parameters``, the number of ``trials`` in
            which the options of each were searched for, or ``nothing`` but the training.
        metric: What the errors are called: ``MAE``, or ``MASE`` where units differ.

    Returns:
        The sentences.

    Example:
        >>> import numpy as np
        >>> from rnncomp.comparison.judgement import judge
        >>> rng = np.random.default_rng(0)
        >>> rows = [{"name": "gru", "kind": "network", "seeds": [0, 1, 2], "mae": 1.1,
        ...          "scores": {"mae": [1.0, 1.2, 1.1]}},
        ...         {"name": "ridge", "kind": "baseline", "mae": 2.0}]
        >>> time = rng.normal(0.0, 0.1, 300)
        >>> losses = {"gru": np.array([[1.0], [1.2], [1.1]]) + time, "ridge": 2.0 + time[None, :]}
        >>> for sentence in make_verdict(judge(rows, "gru", losses=losses)):
        ...     print(sentence)
        GRU is the only network: MAE 1.10 ± 0.10 over 3 seeds.
        GRU beats the only baseline, by 45 % (95 % interval 33 to 58 %): ridge regression on the \
same lags (MAE 2.00).
    """
    one_of("equal", equal, ("units", *DIFFERENT))
    sentences = _none_finished(judgement, metric)
    if judgement.subject is not None:
        words = Words(judgement, judgement.subject, metric)
        sentences = [*words.unbeaten(), *words.networks(), *words.beaten()]
    if equal in DIFFERENT and len(judgement.networks) > 1:
        sentences.append(DIFFERENT[equal])
    sentences += _diverged(judgement)
    return tuple(sentences + [LEAK] * leaks)


def _none_finished(judgement: Judgement, metric: str) -> list[str]:
    if judgement.subject is not None:
        return []
    if not judgement.baselines:
        return ["No network finished its training, and no baseline has a score."]
    strongest = judgement.baselines[0]
    return [
        "No network finished its training: none is to be used.",
        f"The strongest baseline is {label(strongest.name)}: {metric} "
        f"{Numbers([strongest.error])(strongest.error)}.",
    ]


def _diverged(judgement: Judgement) -> list[str]:
    sentences = []
    for name, (lost, seeds) in judgement.diverged.items():
        some = "is left out of its numbers" if lost == 1 else "are left out of its numbers"
        rest = some if lost < seeds else "leave it without a score"
        if lost == seeds == 1:
            rest = "leaves it without a score"
        count = "the only seed" if seeds == 1 else f"all {seeds} seeds"
        if lost < seeds:
            count = f"{lost} of {seeds} seeds"
        sentences.append(f"{label(name)} diverged with {count}, which {rest}.")
    return sentences
