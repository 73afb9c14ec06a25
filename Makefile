# Targets set up .venv when it is missing or older than pyproject.toml or constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
ENGINE ?= podman
PYTHONS ?= python3.11 python3.12 python3.13
WHAT_IFS ?= funds-last-december returns-60000 panama-takes-back-venezuelans

.DEFAULT_GOAL := help
.PHONY: help run test system app check format texts docs bench study fits frozen mutants pictures generate package container compatibility fuzz clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "Corridor needs Python 3.11 to 3.13; choose one with: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $@

run: $(STAMP)  ## history person by person, then three what-ifs against it; CSV in results/
	$(BIN)/corridor run history --people-per-agent 1 --replicates 1 --out results/full
	$(BIN)/corridor run $(WHAT_IFS) --out results

app: $(STAMP)  ## open the app in a browser
	$(BIN)/corridor app

test: system check  ## check, then run the tests (all but those that `make study` runs); installs chromium for the app's pages, after asking
	$(BIN)/pytest -n 2 -m 'not study'

system:  ## install what the tests need of the system and is missing: chromium (Debian, as root; asks before)
	@PYTHON=$(PYTHON) tests/install_system_packages.sh

check: $(STAMP)  ## lint, format, types, layers, scenario files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/corridor validate scenarios/*.yaml

format: $(STAMP)  ## write what ruff would write
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

texts: $(STAMP)  ## gather the app's texts for translators, compile the catalogue, name what lacks a translation
	$(BIN)/python -m corridor_app.catalogue

bench: $(STAMP)  ## measure speed and memory; writes docs/performance.md
	$(BIN)/python -m studies.benchmarks

study: $(STAMP)  ## the longest tests, acceptance tests and every shipped scenario; CSV in results/study/, docs/validation.md, scenarios.md, diplomacy.md, responses.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,guests,readers]' -c constraints.txt
	$(BIN)/pytest -n 2 -m study
	$(BIN)/python -m studies
	$(BIN)/python -m studies.history --write
	$(BIN)/python -m studies.patterns --write

fits: $(STAMP)  ## hindcast and estimates behind docs/hindcast.md and docs/estimates.md, in results/hindcast/ and results/fits/ (three hours)
	$(BIN)/python -m studies.skill
	$(BIN)/python -m studies.estimates

frozen: $(STAMP)  ## freeze the record of the next blind test in blind/VERSION/ (minutes); AGAIN=--again replaces one that is there
	$(BIN)/python -m studies.freeze_blind $(AGAIN)

mutants: $(STAMP)  ## would the tests notice? small wrong changes, one at a time; docs/mutants.md (half an hour)
	$(BIN)/python -m studies.mutants

generate: $(STAMP)  ## write what is generated: reference pages, coverage, schema, app texts, printed examples (minutes)
	$(BIN)/python docs/generate.py

docs: $(STAMP)  ## write the site of docs/ to build/site/; open index.html there, or serve it to have its search too
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

package: $(STAMP)  ## the wheel and the sdist, in dist/
	$(BIN)/python -m build --no-isolation --skip-dependency-check

container:  ## an image of the app and the command line; ENGINE=docker for another engine
	$(ENGINE) build $(if $(filter podman buildah,$(notdir $(firstword $(ENGINE)))),--format docker) -t corridor -f Containerfile .

compatibility: $(STAMP)  ## the same numbers with each of PYTHONS and with other Mesa? docs/running.md; SUITES=--suites
	$(BIN)/python -m studies.compatibility $(PYTHONS) $(SUITES)

pictures: $(STAMP)  ## a picture of every page of the app, light and dark; in docs/images/
	$(BIN)/pytest -n 0 tests/app/test_pictures.py tests/app/test_tutorial.py --pictures docs/images

fuzz: $(STAMP)  ## fuzz every reader of foreign input for SECONDS each (60); what is found stays in results/fuzzing/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]' -c constraints.txt
	$(BIN)/python -m tests.fuzzing --seconds $(or $(SECONDS),60)

clean:  ## remove what the targets made (not results/)
	rm -rf $(VENV) build/site .pytest_cache .ruff_cache .import_linter_cache .hypothesis
