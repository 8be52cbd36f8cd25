.DEFAULT_GOAL := help
PYTHON ?= python
DATA ?=
PEERS ?= $(PYTHON)

.PHONY: help check test torture bench accept train pictures

help:     ## what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

check:    ## format, lint, types, tests and docs checks: what CI runs
	ruff format --check .
	ruff check .
	mypy
	pytest

test:     ## the tests alone
	pytest

torture:  ## 200 kills of a tagging run and of a cluster's workers, at other moments each time
	THEMES_KILLS=200 THEMES_SEED=$$(date +%s) pytest -s tests/batch/test_kills.py tests/batch/test_cluster.py

bench:    ## speed and quality against peers: make bench DATA=folder-of-public-sets [PEERS=interpreters] (see benchmarks/README.md)
	@test -n "$(DATA)" || { echo "give the folder of public data sets: make bench DATA=..."; exit 2; }
	$(PYTHON) benchmarks/cleaning.py $(DATA)/pages
	$(PYTHON) benchmarks/quality.py $(DATA)/labelled --python $(PEERS)
	$(PYTHON) benchmarks/tagging.py $(DATA)/labelled --python $(PEERS)
	$(PYTHON) benchmarks/training.py $(DATA)/labelled
	$(PYTHON) benchmarks/calibration.py $(DATA)/labelled data/labeled
	$(PYTHON) benchmarks/few_examples.py $(DATA)/labelled data/labeled
	$(PYTHON) benchmarks/abstention.py $(DATA)/labelled data/labeled
	$(PYTHON) benchmarks/intervals.py

accept:   ## take today's reports as the golden ones (read the difference before committing it)
	THEMES_ACCEPT=1 pytest tests/report

train:    ## train the shipped model again
	themes train data/labeled --out models/emerging-security

pictures: ## make the README's pictures again (needs Chromium)
	$(PYTHON) docs/pictures.py
