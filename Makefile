# What can be done here; `make help` lists it. Everything is installed into .venv.
.SUFFIXES:
.PHONY: help start test lint format requirements benchmark fuzz clean chromium beside

PYTHON = python3
VENV = .venv
RUN = $(VENV)/bin/python -m
PIP = $(RUN) pip --disable-pip-version-check

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile | awk -F '|' '{ printf "%-18s %s\n", $$1, $$2 }'

start: $(VENV)/requirements.stamp  ## show the dashboard at http://localhost:8501 (another port: make start PORT=8600)
	@exec $(RUN) streamlit run dashboard.py $${PORT:+--server.port "$$PORT"}

test: chromium beside lint  ## check the code, then run every test; screenshots go to test-artefacts/
	$(RUN) pytest -n auto --dist worksteal

lint: $(VENV)/requirements-dev.stamp  ## check style, types and the direction of imports
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(VENV)/requirements-dev.stamp  ## rewrite the code in the house style
	$(RUN) ruff check --fix-only .
	$(RUN) ruff format .

requirements: $(VENV)/requirements-dev.stamp  ## recompile requirements*.txt from pyproject.toml (to newer ones: UPGRADE=--upgrade)
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

benchmark: chromium  ## time what must stay fast
	@for file in $$(grep -l __main__ benchmarks/*.py); do $(RUN) "benchmarks.$$(basename "$$file" .py)" || exit 1; done

fuzz: $(VENV)/requirements-dev.stamp  ## look for input that breaks a promise (make fuzz TARGET=link SECONDS=300)
	$(RUN) tests.fuzzing $(TARGET) --seconds $(or $(SECONDS),60)

clean:  ## remove .venv, caches and what tests leave behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist test-artefacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# No machine path and no index address may stand in the lists: they install from any index.
COMPILE = $(RUN) uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make requirements" --extra dashboard --extra reports --extra server --extra portfolio $(UPGRADE)

# uv needs 4 s where pip needs 18, but reads no pip.conf: pip installs where one names another
# index or a proxy, and where uv fails. Both check every hash, that of uv included.
UV_MAY = ! $(PIP) config list | grep -E '[.](index-url|no-index|proxy)=' >/dev/null
GET_UV = awk '/^[a-z]/ { uv = /^uv==/ } uv' requirements-dev.txt | \
	$(PIP) install --quiet --only-binary uv -r /dev/stdin
UV_INSTALL = UV_HTTP_TIMEOUT=10 UV_HTTP_RETRIES=1 \
	$(RUN) uv pip install --quiet --python $(VENV)/bin/python

$(VENV)/%.stamp: %.txt $(VENV)/bin/pip
	@echo "Installing $< into $(VENV): a few seconds to two minutes, once."
	@$(UV_MAY) && $(GET_UV) && $(UV_INSTALL) -r $< || \
		{ echo "Installing with pip."; $(PIP) install --quiet -r $<; }
	@touch $@

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed. If it has another name: make start PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# Playwright brings its own Node, which needs libatomic; Chromium is the system's.
HAS_CHROMIUM = command -v chromium >/dev/null && $(RUN) playwright --version >/dev/null 2>&1
APT_INSTALL = DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends

chromium: $(VENV)/requirements-dev.stamp
	@{ $(HAS_CHROMIUM); } || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
		apt-get update -q && $(APT_INSTALL) chromium libatomic1 && $(HAS_CHROMIUM); } || \
		{ echo "The tests drive Chromium. On Debian: sudo apt-get install chromium libatomic1" >&2; \
		echo "Without it: make lint && $(RUN) pytest -m 'not browser'" >&2; exit 1; }

# What else some tests need; where it is not there and cannot be installed, they say so and skip.
BESIDE = soffice:libreoffice-calc-nogui pdftotext:poppler-utils qpdf:qpdf nginx:nginx
beside:
	@missing="$$(for pair in $(BESIDE); do command -v $${pair%:*} >/dev/null || echo $${pair#*:}; done; \
		[ -d /usr/lib/postgresql ] || echo postgresql)"; \
	[ -z "$$missing" ] || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
		apt-get update -q && $(APT_INSTALL) $$missing; } || \
		echo "Some tests will be skipped. On Debian: sudo apt-get install" $$missing >&2
