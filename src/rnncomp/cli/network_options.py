"""Options about parts, networks, training and baselines, which several commands share."""

from __future__ import annotations

import rich_click as click

from rnncomp.cli.options import CountOrList, Names, Numbers, Searched, in_order, option

PARTS = {"panel": "Parts"}
NETWORKS = {"panel": "Networks"}
TRAINING = {"panel": "Training"}
SEARCH = {"panel": "Search"}
BESIDE = {"panel": "Baselines and intervals"}

split_options = in_order(
    option("--train-until", "Last moment of the training part, inclusive: a date (1965 is all of "
           "1965, 2014-11 all of that month) or a row number.", metavar="DATE|ROW", **PARTS),
    option("--validation-until", "Last moment of the validation part, inclusive; the test part is "
           "what follows.", metavar="DATE|ROW", **PARTS),
    option("--test-fraction", "Share of the windows kept for the test, the last ones; a fifth of "
           "the others validates. Not together with the dates. [default: 0.2]",
           type=float, **PARTS),
)  # fmt: skip

within_option = option(
    "--within-parts", "Keep the inputs of a window inside its part too; otherwise they may reach "
    "back into the part before.", is_flag=True, **PARTS,
)  # fmt: skip

part_options = in_order(
    split_options,
    option("--folds", "Blocks of the test part, each forecast by networks trained on all that "
           "comes before it.", type=int, default=1, **PARTS),
    within_option,
)  # fmt: skip

stride_option = option(
    "--stride", "Steps between the starts of windows.", type=int, default=1, **NETWORKS
)

several_networks = in_order(
    option("--cells", "Networks to compare, with commas.", type=Names(),
           default="simple_rnn,lstm,gru", **NETWORKS),
    option("--match", "What is the same for all networks: their units, or their number of "
           "weights as near as whole units allow; --equal is another name.", "--equal",
           parameter="equal", type=click.Choice(["units", "parameters"]), default="units",
           **NETWORKS),
    option("--strategy", "How the horizon is reached: forecast at once (direct), one step fed "
           "back (recursive), or every network both ways, in tables of their own.",
           type=click.Choice(["direct", "recursive", "both"]), default="direct", **NETWORKS),
    stride_option,
)  # fmt: skip

one_network = in_order(
    option("--cell", "The recurrent layer.", type=click.Choice(["simple_rnn", "lstm", "gru"]),
           default="lstm", **NETWORKS),
)  # fmt: skip

network_options = in_order(
    option("--window", "Steps the network sees.", type=int, default=50, **NETWORKS),
    option("--horizon", "Steps ahead to forecast.", type=int, default=1, **NETWORKS),
    option("--units", "Units in each recurrent layer.", type=int, default=50, **NETWORKS),
    option("--layers", "Recurrent layers, one on top of the other.", type=int, default=1,
           **NETWORKS),
    option("--dropout", "Share of the inputs of each recurrent layer dropped in training.",
           type=float, default=0.0, **NETWORKS),
    option("--dtype", "Precision of the arithmetic.", type=click.Choice(["float32", "float64"]),
           default="float32", **NETWORKS),
)  # fmt: skip

_learning = in_order(
    option("--loss", "What the networks are trained by.",
           type=click.Choice(["mse", "mae", "huber"]), default="mse", **TRAINING),
    option("--epochs", "Passes over the training windows.", type=int, default=20, **TRAINING),
    option("--batch-size", "Windows in a weight update.", type=int, default=32, **TRAINING),
    option("--learning-rate", "Learning rate of Adam.", type=float, default=0.001, **TRAINING),
    option("--clipnorm", "Longest gradient of a weight tensor. [default: no limit]", type=float,
           **TRAINING),
)  # fmt: skip

_manners = in_order(
    option("--patience", "Stop a training after so many epochs without a better validation loss, "
           "and go back to its best weights. [default: train all epochs]", type=int, **TRAINING),
    option("--plateau", "Divide the learning rate by ten after so many epochs without a better "
           "validation loss. [default: leave it]", type=int, **TRAINING),
)  # fmt: skip

_numbers = in_order(
    option("--scale", "How numbers are scaled for the networks.",
           type=click.Choice(["minmax", "standard", "none"]), default="minmax", **TRAINING),
    option("--transform", "What is done to the target before, and undone to its forecasts.",
           type=click.Choice(["none", "log", "diff", "log-diff"]), default="none", **TRAINING),
    option("--jobs", "Trainings at the same time; never changes a result. [default: all cores]",
           type=int, **TRAINING),
)  # fmt: skip

training_options = in_order(
    _learning,
    option("--seeds", "How often each network is trained from other random weights: a count, or "
           "the seeds themselves with commas (7,8 or 7,).", type=CountOrList(), default="5",
           **TRAINING),
    _manners,
    option("--time-limit", "Seconds for all trainings together; each begins no epoch after its "
           "share. [default: no limit]", type=float, **TRAINING),
    _numbers,
)  # fmt: skip

trial_options = in_order(
    _learning,
    option("--seeds", "How often each trial is trained from other random weights: a count, or the "
           "seeds themselves with commas.", type=CountOrList(), default="2", **TRAINING),
    _manners,
    _numbers,
)  # fmt: skip

space_option = option(
    "--search", "What to search for one of window, units, layers, dropout and learning_rate, as "
    "NAME=LOWEST:HIGHEST or NAME=A,B,C; it can be given for several. An option that is given by "
    "itself, such as --units 32, is not searched. [default: window=8:96 units=8:128 layers=1:2 "
    "dropout=0:0.3 learning_rate=0.0001:0.01]", parameter="space", type=Searched(), multiple=True,
    **SEARCH,
)  # fmt: skip

search_options = in_order(
    option("--tune", "Search for the options of each network first, in so many trials on the "
           "validation part. Needs the extra rnncomp[tune]. [default: no search]",
           metavar="TRIALS", type=int, **SEARCH),
    space_option,
)  # fmt: skip

leak_option = option(
    "--scale-on", "What the scaler is fitted on: the training part, or all data, which leaks the "
    "test part as many tutorials do and is said in the verdict.",
    type=click.Choice(["train", "all"]), default="train", **TRAINING,
)  # fmt: skip

season_option = option(
    "--season", "Steps in a season, for the seasonal baselines and MASE. [default: the seasonal "
    "baselines take the one found in the training part (backtest: that of the first series), "
    "MASE takes 1]", type=int, **BESIDE,
)  # fmt: skip

LEVEL = "Percent of the truth that intervals shall cover, with commas."

measured_levels = option("--level", LEVEL, type=Numbers(), parameter="levels", default="80,95",
                         **BESIDE)  # fmt: skip

allowed_levels = option(
    "--level", f"{LEVEL} [default: 80,95, as far as the rows unseen in training allow]",
    type=Numbers(), parameter="levels", **BESIDE,
)  # fmt: skip

beside_options = in_order(
    option("--baselines", "What the networks are compared with, with commas: persistence, "
           "seasonal_naive, drift, mean, moving_average, ridge, theta, ets, arima; or all. The "
           "last three need the extra rnncomp[baselines].", type=Names(), metavar="NAMES",
           default="persistence,seasonal_naive,drift,mean,ridge", **BESIDE),
    option("--baseline-seconds", "Time for each of theta, ets and arima in each fold; it is cut "
           "then, and the table says so.", type=float, default=60.0, **BESIDE),
    season_option,
)  # fmt: skip

baseline_options = in_order(
    beside_options,
    measured_levels,
)  # fmt: skip
