"""Killed at random moments, it ends as undisturbed; 20 kills: `python tests/cli/kill_trials.py`."""

import kill_trials


def test_what_was_killed_ends_as_if_it_had_not_been():
    made = kill_trials.trials(kill_trials.Trainings(), kills=2, seed=3)
    assert len(made) == 2
    assert [same for _, _, same in made] == [True] * 2
    # Else nothing was there to go on from.
    assert all(kept >= after > 0 for after, kept, _ in made)
