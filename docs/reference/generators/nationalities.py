"""nationalities.md: every nationality with its traits, what it accepts, its lever defaults, and its published names."""

from __future__ import annotations

from corridor.inputs.registries.nationalities import NONE, Nationality, load_nationalities
from generators.tables import DATA, table

HEAD = """# Nationalities

Made from the files named in the table by `make generate`; not edited by hand.

One file a nationality owns all that is said of it ([how to add one](../how-to/add-a-nationality.md)). The code is its
place in every record; draws are keyed by it. Values of parameters stand on [the page of parameters](parameters.md),
`default` there being what several nationalities share.
"""


def nationality_page() -> str:
    """Codes, names and traits; flights that are accepted and defaults of levers; names in published figures."""
    nations = list(load_nationalities().values())
    defaults = list(nations[0].defaults)
    publishers = list(dict.fromkeys(key for nation in nations for key in nation.published_as))
    parts = [
        HEAD,
        table(
            ["code", "name", "in Spanish", "traits", "flights that it takes", "file"],
            [_row(nation) for nation in nations],
        ),
        "## Defaults of levers\n",
        table(
            ["name", *(f"`{name}`" for name in defaults)],
            [[nation.name, *(str(nation.defaults[name].value) for name in defaults)] for nation in nations],
        ),
        "## Names in published figures\n\nAn empty cell: the publisher does not name them apart.\n",
        table(
            ["name", *publishers],
            [
                [each.name, *("; ".join(each.published_as.get(key, ())) for key in publishers)]
                for each in nations
            ],
        ),
    ]
    return "\n".join(parts)


def _row(nation: Nationality) -> list[str]:
    traits = [name.replace("_", " ") for name, holds in nation.traits if holds]
    if nation.worker_programme != NONE:
        traits.append(f"programme of temporary work: `{nation.worker_programme}`")
    if nation.begins:
        traits += [f"route {route} begins at `{place}`" for route, place in nation.begins.items()]
    taken = nation.accepts_flights
    flights = f"US {taken.us:g}, Mexico {taken.mexico:g} ({taken.status})"
    file = f"[{nation.id}.yaml]({DATA}/nationalities/{nation.id}.yaml)"
    return [str(nation.order), nation.label, nation.es.label, "; ".join(traits), flights, file]
