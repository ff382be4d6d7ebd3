"""What is said about leaderboards made by hand."""

import math
import re

import pytest
from leaderboards import (
    GRU,
    LIKE_LSTM,
    LSTM,
    STRONG,
    WEAK,
    baseline,
    judged,
    losses_of,
    network,
    relations,
)

from rnncomp.comparison.judgement import judge
from rnncomp.comparison.verdict import EQUAL_PARAMETERS, LEAK, make_verdict

# name: (rows, best, winner, what is said in this order, what is not said)
BOARDS = {
    "a clear winner": (
        [LSTM, GRU, *WEAK], "lstm", "lstm",
        ["LSTM is the best network: MAE 0.0102 ± 0.0002 over 5 seeds, 22 % lower than GRU",
         "the next (95 % interval 18.4 to 25.4 %).",
         "LSTM beats every baseline, the nearest by 97 % (95 % interval 96.0 to 99.8 %), among",
         "persistence (next value = last value, MAE"],
        ["tie", "No network", "validation"],
    ),
    "a tie of two": (
        [LSTM, LIKE_LSTM, *WEAK], "lstm", None,
        ["No clear difference between the networks, a tie: LSTM", "and SimpleRNN",
         "LSTM is 0.8 % lower than SimpleRNN (95 % interval -4.0 to 5.6 %)",
         "About 170 seeds would settle it.", "LSTM beats every baseline"],
        ["best network", "is better"],
    ),
    "a tie, another one lowest on validation": (
        [LSTM, LIKE_LSTM, *WEAK], "simple_rnn", None,
        ["a tie: LSTM", "SimpleRNN is lowest on the validation part, LSTM on the test part",
         "SimpleRNN beats"],
        ["best network"],
    ),
    "two tie, a third is worse": (
        [LSTM, LIKE_LSTM, GRU, *WEAK], "lstm", None,
        ["LSTM (MAE 0.0102 ± 0.0002) is better than GRU", "between these networks, a tie"],
        ["best network"],
    ),
    "the choice did not hold": (
        [LSTM, GRU, *WEAK], "gru", None,
        ["GRU, lowest on the validation part, has MAE 0.0132 ± 0.0002 on the test part, where LSTM",
         "the choice did not hold", "GRU beats every baseline"],
        ["best network"],
    ),
    "ridge best": (
        [LSTM, GRU, *STRONG], "lstm", "lstm",
        ["No network beats ridge regression on the same lags (MAE 0.00910): the lowest on the "
         "test part, LSTM, has MAE 0.01024 ± 0.00021, 12 % higher "
         "(95 % interval 7.6 to 17.3 %).", "LSTM is the best network",
         "LSTM beats persistence"],
        ["every baseline"],
    ),
    "persistence best": (
        [LSTM, GRU, baseline("persistence", 0.005), baseline("ridge", 0.5)], "lstm", "lstm",
        ["No network beats persistence (next value = last value, MAE 0.00500)",
         "LSTM is the best network", "LSTM beats ridge"],
        [],
    ),
    "persistence and ridge better than all": (
        [LSTM, baseline("persistence", 0.005), baseline("ridge", 0.004)], "lstm", None,
        ["No network beats ridge regression on the same lags (MAE 0.00400) or persistence"],
        ["LSTM beats"],
    ),
    "only the other network beats persistence": (
        [LSTM, GRU, baseline("persistence", 0.0120)], "gru", None,
        ["GRU, lowest on the validation part, does not beat persistence", "did not hold"],
        ["No network beats"],
    ),
    "a tie with persistence": (
        [network("gru", 0.0110, 0.0121, 0.0117), baseline("persistence", 0.0120)], "gru", None,
        ["GRU (MAE 0.0116 ± 0.0006) is not clearly better than persistence",
         "it is 3.3 % lower (95 % interval -8 to 15 %). About 17 seeds would",
         "GRU is the only network"],
        ["GRU beats"],
    ),
    "equal to persistence": (
        [network("gru", 2.0, 2.0, 2.0), baseline("persistence", 2.0)], "gru", None,
        ["No network beats persistence (next value = last value, MAE 2.00): the lowest"],
        ["GRU beats"],
    ),
    "equal to persistence but for rounding": (
        [network("gru", 0.3, 0.3), network("lstm", 0.3, 0.3), baseline("ridge", 0.1 + 0.2)],
        "lstm", None,
        ["No network beats ridge regression on the same lags (MAE 0.300): the lowest on the test "
         "part, LSTM", "A tie: LSTM and GRU"],
        ["clearly", "0.3000"],
    ),
    "another baseline close by sets no digits": (
        [network("gru", 5, 5.2), baseline("persistence", 1190.6), baseline("drift", 1190.601)],
        "gru", None, ["MAE 5.10 ± 0.14", "the nearest by 99 %"], [],
    ),
    "of those beaten one is named": (
        [LSTM, baseline("ridge", 0.0091), baseline("seasonal_naive", 0.5), baseline("mean", 0.9)],
        "lstm", None, ["LSTM beats the seasonal naive", "MAE 0.50000), by 97 %"], ["nearest"],
    ),
    "one seed": (
        [network("lstm", 0.010), network("gru", 0.013), *WEAK], "lstm", None,
        ["One seed cannot tell which network is better: LSTM (MAE 0.0100) and GRU (MAE 0.0130); "
         "train with seeds=5.", "is lower than", "for this one seed: others may differ."],
        ["best network", "±", "beats"],
    ),
    "one seed, ridge best": (
        [network("lstm", 0.010), network("gru", 0.013), *STRONG], "gru", None,
        ["No network beats ridge", "does not beat persistence", "One seed cannot tell",
         "(GRU is lowest on the validation part)"],
        [],
    ),
    "one network, one seed": (
        [network("lstm", 0.010), *WEAK], "lstm", None,
        ["LSTM is the only network: MAE 0.0100 with one seed, which cannot tell"], ["best network"],
    ),
    "a seed diverged": (
        [network("lstm", 0.0100, None, 0.0102, 0.0101), GRU, *WEAK], "lstm", None,
        ["LSTM has the lowest error on the test part", "over 3 seeds",
         "LSTM diverged with 1 of 4 seeds, which is left out of its numbers."],
        ["best network"],
    ),
    "a seed of the loser diverged": (
        [LSTM, network("gru", 0.0130, math.nan, 0.0131, math.inf), *WEAK], "lstm", "lstm",
        ["LSTM is the best network", "GRU diverged with 2 of 4 seeds, which are left out"], [],
    ),
    "all but one seed diverged": (
        [LSTM, network("gru", 0.0130, None, None), *WEAK], "lstm", None,
        ["LSTM has MAE 0.0102 ± 0.0002 over 5 seeds; one finished seed cannot tell how good GRU "
         "(MAE 0.0130) is.", "GRU diverged with 2 of 3 seeds"],
        ["best network"],
    ),
    "one network diverged": (
        [LSTM, network("gru", None, None), *WEAK], "lstm", None,
        ["LSTM is the only network that finished", "GRU diverged with all 2 seeds, which leave it "
         "without a score."],
        ["best network"],
    ),
    "all diverged": (
        [network("lstm", None, None), network("gru", None), *STRONG], None, None,
        ["No network finished its training: none is to be used.",
         "The strongest baseline is ridge regression on the same lags: MAE 0.00910.",
         "LSTM diverged with all 2 seeds", "GRU diverged with the only seed, which leaves it"],
        ["beats"],
    ),
    "all diverged, no baselines": (
        [network("lstm", None)], None, None, ["no baseline has a score"], ["beats"],
    ),
    "equal scores": (
        [network("lstm", 1.0, 2.0), network("gru", 2.0, 1.0), baseline("mean", 90.0)], "lstm", None,
        ["A tie: LSTM and GRU have the same error, MAE 1.50 ± 0.71."], ["best network"],
    ),
    "zero spread, different": (
        [network("lstm", 1.0, 1.0), network("gru", 2.0, 2.0), *WEAK], "lstm", "lstm",
        ["No network beats ridge",
         "LSTM is the best network: MAE 1.000 ± 0.000 over 2 seeds, 50 %"],
        [],
    ),
    "a single network": (
        [LSTM, *WEAK], "lstm", None,
        ["LSTM is the only network: MAE 0.0102 ± 0.0002 over 5 seeds.", "beats every baseline"],
        ["best network", "tie"],
    ),
    "no validation": (
        [LSTM, GRU, *WEAK], None, None,
        ["LSTM has the lowest error on the test part",
         "No network was chosen on a validation part"],
        ["best network", "lowest on the validation part"],
    ),
    "no baselines": ([LSTM, GRU], "lstm", "lstm", ["LSTM is the best network"], ["baseline"]),
    "large numbers": (
        [network("lstm", 15137.4, 15140.0, 15139.0), network("gru", 17000.0, 17010.0, 17020.0)],
        "lstm", "lstm", ["MAE 15,139 ± 1 over 3 seeds, 11 % lower than GRU (MAE 17,010 ± 10)"], [],
    ),
    "tiny numbers": (
        [network("lstm", 1.1e-9, 1.2e-9), baseline("ridge", 1e-9)], "lstm", None,
        ["No network beats ridge regression on the same lags (MAE 1e-09): the lowest on the test "
         "part, LSTM, has MAE 1.15e-09 ± 7.07e-11"], [],
    ),
    "close numbers stay different": (
        [network("lstm", 100.01, 100.01), network("gru", 100.02, 100.02)], "lstm", "lstm",
        ["MAE 100.01 ± 0.00", "0.01 % lower than GRU (MAE 100.02"], [],
    ),
    "seasonal naive that is persistence": (
        [LSTM, baseline("seasonal_naive", 0.5), baseline("persistence", 0.5)], "lstm", None,
        ["LSTM beats the only baseline, by 97 % (95 % interval 96.4 to 99.5 %): persistence"],
        ["seasonal"],
    ),
    "drift strongest": (
        [LSTM, baseline("drift", 0.001), baseline("ridge", 0.002), baseline("mean", 0.003)],
        "lstm", None,
        ["No network beats drift (the line from the first value to the last, MAE 0.00100), "
         "ridge regression on the same lags (MAE 0.00200) or the mean of all values"],
        ["beats every"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOARDS)
def test_what_is_said(name):
    rows, best, winner, said, unsaid = BOARDS[name]
    text = " ".join(make_verdict(judged(rows, best)))
    places = [text.find(words) for words in said]
    assert -1 not in places, text
    assert places == sorted(places), text
    assert [words for words in unsaid if words in text] == [], text
    assert judged(rows, best).winner == winner


@pytest.mark.parametrize("name", BOARDS)
def test_reads_well(name):
    rows, best, *_ = BOARDS[name]
    for sentence in make_verdict(judged(rows, best)):
        assert re.fullmatch(r"[A-Z].*[^.]\.", sentence), sentence
        assert not re.search(r"nan|inf\b|None|simple_rnn|  |\(\)|\) \(", sentence), sentence


@pytest.mark.parametrize("name", BOARDS)
def test_order_of_rows_does_not_matter(name):
    rows, best, *_ = BOARDS[name]
    verdict = make_verdict(judged(rows, best))
    for shift in range(1, len(rows)):
        turned = rows[shift:] + rows[:shift]
        assert sorted(make_verdict(judged(turned, best))[:1]) == sorted(verdict[:1])
        assert judged(turned, best).winner == judged(rows, best).winner


def test_a_leak_is_said():
    judgement = judged([LSTM, *WEAK], "lstm")
    assert make_verdict(judgement, leaks=True)[-1] == LEAK
    assert LEAK not in make_verdict(judgement)


def test_equal_parameters_are_said():
    """Of one network alone there is nothing to be equal."""
    several, alone = judged([LSTM, GRU], "lstm"), judged([LSTM, *WEAK], "lstm")
    assert make_verdict(several, equal="parameters")[-1] == EQUAL_PARAMETERS
    assert EQUAL_PARAMETERS not in make_verdict(several)
    assert EQUAL_PARAMETERS not in make_verdict(alone, equal="parameters")


def test_a_test_part_too_short_is_said():
    rows = [LSTM, LIKE_LSTM, baseline("persistence", 0.02)]
    judgement = judge(rows, "lstm", losses=losses_of(rows, n=40), horizon=24)
    text = " ".join(make_verdict(judgement))
    assert "not clearly better than persistence" in text
    assert "the test part, 40 windows that share targets, is too short to tell" in text
    assert not re.search(r"inf|nan|beats", text)


def test_time_that_hides_a_difference_is_said():
    """Seeds agree; the test part does not."""
    rows = [network("gru", *[1.0 + 0.0001 * k for k in range(5)]), baseline("ridge", 1.02)]
    text = " ".join(make_verdict(judged(rows, "gru", wiggle=0.2)))
    assert re.search(r"About [\d,]+ test windows would settle it, but not 1,000 seeds on", text)


def test_what_is_hardly_there_will_not_be_settled():
    rows = [network("gru", 1.0, 1.1, 0.9), baseline("ridge", 1.000001)]
    text = " ".join(make_verdict(judged(rows, "gru", wiggle=0.2)))
    assert "Neither 1,000 seeds nor 100 times the test windows alone would settle it" in text


def test_one_seed_is_settled_for_this_seed():
    rows = [network("gru", 1.0), baseline("ridge", 1.02)]
    text = " ".join(make_verdict(judged(rows, "gru", wiggle=0.2)))
    assert "test windows would settle it for this seed" in text


def test_a_winner_must_beat_every_other_clearly():
    """Better than the next, but not clearly than one whose seeds lie far apart: no winner."""
    wide = network("simple_rnn", 0.0101, 0.0500, 0.0110)
    judgement = judged([LSTM, GRU, wide], "lstm")
    assert relations(judgement) == {"gru": "better", "simple_rnn": "tie"}
    assert judgement.winner is None


def test_every_baseline_that_is_not_beaten_is_named():
    """Not only the strongest and the two that are always spoken of."""
    rows = [LSTM, *STRONG, baseline("seasonal_naive", 0.0095), baseline("drift", 0.0100)]
    first = make_verdict(judged(rows, "lstm"))[0]
    assert "does not beat" in first or "No network beats" in first
    assert all(name in first for name in ("ridge", "seasonal naive", "drift"))
    assert "persistence" not in first
