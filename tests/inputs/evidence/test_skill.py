"""The score record says whose scores it holds."""

import json

from corridor.inputs.evidence import skill


def test_a_record_is_of_this_fit_only_where_it_names_it(monkeypatch):
    record = {"origins": ["2021-12", "2023-11"], "horizons": {}}
    for fit, expected in ((None, False), ("another", False), (skill.fit_name(), True)):
        text = json.dumps(record if fit is None else {**record, "fit": fit})
        monkeypatch.setattr(skill, "read_data_text", lambda file, text=text: text)
        skill.load_skill.cache_clear()
        assert skill.load_skill()["of_this_fit"] is expected
    skill.load_skill.cache_clear()
