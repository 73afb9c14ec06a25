"""Case 08: an integer of NumPy is the whole number that it is; what is none is refused before anything runs."""

import numpy as np
import pytest

import corridor


def test_numpy_integers_give_the_bytes_of_whole_numbers(scenario_folder, tmp_path):
    plain = {"seed": 7, "people_per_agent": 1000, "replicates": 1, "workers": 1}
    numpys = {name: np.int64(value) for name, value in plain.items()}
    made = []
    for number, given in enumerate((plain, numpys)):
        out = tmp_path / str(number)
        corridor.write_results([corridor.run_ensemble(scenario_folder / "short.yaml", **given)], out)
        made.append({file.name: file.read_bytes() for file in sorted((out / "short").iterdir())})
    assert made[0] == made[1] and "manifest.json" in made[0]


def test_what_is_no_whole_number_in_range_is_refused_before_the_run(scenario_folder):
    for wrong in (
        {"seed": 1.5},
        {"seed": -1},
        {"seed": True},
        {"replicates": 0},
        {"people_per_agent": 0},
        {"people_per_agent": np.float64(50)},
        {"workers": 0},
        {"draws": "2"},
    ):
        (name,) = wrong
        with pytest.raises(corridor.InputError, match=f"{name}: expected a whole number"):
            corridor.run_ensemble(scenario_folder / "short.yaml", **wrong)
