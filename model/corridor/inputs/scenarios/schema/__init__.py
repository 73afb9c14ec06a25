"""The JSON Schema of a scenario file, for editors: made of the parts of a scenario and of the registries."""

from corridor.inputs.scenarios.schema.whole import NOT_EXPRESSIBLE, scenario_schema

__all__ = ["NOT_EXPRESSIBLE", "scenario_schema"]
