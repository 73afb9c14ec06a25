"""A folder with a small root scenario, and texts that mark the place of a problem."""

import textwrap
from datetime import date

import pytest

from corridor.foundations.errors import InputError
from corridor.inputs.scenarios.scenario_files import load_scenario, parse_scenario

ROOT = """
name: root
period: {start: 2023-01-01, report_from: 2023-02-01, end: 2023-12-31}
interventions:
  - {id: guard-2023, lever: mexico.guard_deployed, start: 2023-03-01, to: 20000}
  - {id: title-42, lever: us.title_42, start: 2023-01-01, end: 2023-05-11, to: 1}
shocks:
  - {id: fire, kind: capacity_loss, start: 2023-03-27, end: 2023-04-30, size: 0.8, for: inm}
"""


class ScenarioFolder:
    """Scenario files of one test, and what reading them gives."""

    def __init__(self, path):
        self.path = path
        self.write("root", ROOT)

    def write(self, name, text):
        """Write a file; the mark « is taken out."""
        (self.path / f"{name}.yaml").write_text(textwrap.dedent(text).replace("«", ""))

    def load(self, name):
        return load_scenario(name, [self.path])

    def parse(self, text, name="x"):
        """Read a child of the root: only its own sections need to be written."""
        return parse_scenario(f"name: {name}\nextends: root\n{textwrap.dedent(text)}", "x.yaml", [self.path])

    @staticmethod
    def value(policy, lever, member, day):
        """Value of a lever for a member on a date."""
        return policy.levers[lever].of(member)[policy.timeline.day_of(date.fromisoformat(day))]

    @staticmethod
    def news(policy, lever):
        """News of one lever: announced, start, end, cancelled (dates as text), before, after."""

        def text(day):
            return None if day is None else policy.timeline.date_of(day).isoformat()

        return [
            (*map(text, (n.announced_day, n.start_day, n.end_day, n.cancelled_day)), n.before, n.after)
            for n in policy.news
            if n.lever == lever
        ]

    def problems(self, text):
        """Problems of a text, in order."""
        with pytest.raises(InputError) as caught:
            parse_scenario(text.replace("«", ""), "x.yaml", [self.path])
        return caught.value.problems


@pytest.fixture
def folder(tmp_path):
    return ScenarioFolder(tmp_path)
