# A newcomer needs only two commands: make demo and make test.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
DEMO := .demo
OF_DEMO = DATABASE_URL=sqlite:///$(DEMO)/riskbot.db RISKBOT_POLICY=$${RISKBOT_POLICY:+$$RISKBOT_POLICY:}$(DEMO)/policy.toml
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# the tests start the bot some hundred times, and each start would compile all modules again
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo demo-reset test short test-all lint types fast laws bench chaos chaos-short mutants pictures reference lock catalogue clean

help:  ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Riskbot needs Python 3.11 or newer; name one with: make PYTHON=python3.12 demo")'
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	$(RUN) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

install: $(VENV)/run  ## create the environment .venv from the lock file, nothing else

demo: $(VENV)/run  ## start the playground with the sample book; Ctrl-C stops it
	@mkdir -p -m 700 $(DEMO)
	@# its anchors are forgotten with it, also under a policy of one's own: a new demo is a new trail, and not one that was cut
	@printf '[audit]\nanchor_file = "$(DEMO)/riskbot-anchors.txt"\n' > $(DEMO)/policy.toml
	@$(OF_DEMO) $(RUN) -m bot demo
	@$(OF_DEMO) exec $(RUN) -m playground --data $(DEMO)/playground --manifest bot/manifest.json --tour bot/tour.json -- $(RUN) -m bot run

demo-reset:  ## delete the demo's database and messages
	rm -rf $(DEMO)

# three processes on any machine: tests also wait for sockets, and each process has to read every test first
TESTS = $(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test: $(VENV)/dev lint  ## style, contracts, types and the tests: at most six minutes on two quiet cores
	@# at once: the tests leave a core free while they wait
	@$(MAKE) --no-print-directory -j 2 types short

short: $(VENV)/dev
	@# in a fresh clone one process reads and compiles the tests for all three, while the types are checked
	@test -d tests/__pycache__ || $(RUN) -m pytest --collect-only -q > /dev/null || true
	$(TESTS) -m "not bench and not long"

test-all: $(VENV)/dev  ## what make test leaves out: the whole matrix, commands on PostgreSQL, more examples of each law, short campaigns
	$(TESTS) -m "long and not bench"
	HYPOTHESIS_PROFILE=more $(TESTS) -m hypothesis tests/risk_engine
	$(RUN) -m tests.chaos --short

fast: $(VENV)/dev  ## the tests without the browser and the slow ones
	$(TESTS) -m "not browser and not slow and not bench and not long"

lint: $(VENV)/dev  ## style and the layers' contracts
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(VENV)/bin/lint-imports

types: $(VENV)/dev  ## mypy, strict
	$(RUN) -m mypy

laws: $(VENV)/dev  ## the engine's laws with twenty times as many examples, in about half an hour
	HYPOTHESIS_PROFILE=thorough $(RUN) -m pytest -n auto --timeout 900 tests/risk_engine

bench: $(VENV)/dev  ## compare the product's cost with that of minimal programs, in about four minutes
	$(RUN) -m pytest -m bench tests/benchmarks
	$(RUN) -m tests.benchmarks

pictures: $(VENV)/dev  ## take new pictures for the documents (needs chromium)
	$(RUN) -m tests.pictures

chaos: $(VENV)/dev  ## kill couriers, workers, schedulers and replicas for an hour or two; nothing may be lost or doubled
	$(RUN) -m tests.chaos

chaos-short: $(VENV)/dev  ## a short form of each campaign, in about three minutes
	$(RUN) -m tests.chaos --short

reference: $(VENV)/run  ## regenerate the command reference, the manifest and the map of rooms
	$(RUN) -m bot.reference

catalogue: $(VENV)/run  ## collect the sentences for translation
	$(VENV)/bin/pybabel -q extract --no-wrap --omit-header --no-location --sort-output -k _ -k ngettext:1,2 -k pgettext:1c,2 -o commands/locale/messages.pot commands bot
	$(VENV)/bin/pybabel -q update --no-wrap --omit-header --no-fuzzy-matching --ignore-obsolete -i commands/locale/messages.pot -l zh_Hans -o commands/locale/zh_Hans.po
	@# of the header only what a reader of the file needs; the dates and names that pybabel would write change for nothing
	@printf '%s\n' 'msgid ""' 'msgstr ""' '"Language: zh_Hans\n"' '"Plural-Forms: nplurals=1; plural=0;\n"' '"MIME-Version: 1.0\n"' '"Content-Type: text/plain; charset=utf-8\n"' '' | cat - commands/locale/zh_Hans.po > commands/locale/zh_Hans.po.new
	@mv commands/locale/zh_Hans.po.new commands/locale/zh_Hans.po

lock:  ## pin the dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra playground pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra playground --extra dev pyproject.toml -c requirements.txt -o requirements-dev.txt

mutants: $(VENV)/dev  ## mutate lines of the engine 300 times; a test must fail for each (a quarter of an hour; resumes where it stopped)
	$(RUN) -m tests.mutation

clean:  ## remove the environment and the tools' files
	rm -rf $(VENV) .venv-second $(DEMO) .mutants.jsonl .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
