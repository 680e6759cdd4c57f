#!/bin/sh
# Write all lock files anew from their inputs. Every requirement carries its hashes; no lock names a registry.
set -eu
cd "$(dirname "$0")/.."
lock() { .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"; }
lock requirements/uv.in --output-file requirements/uv.lock
lock requirements/sam.in --output-file requirements/sam.lock
lock requirements/emulator.in --output-file requirements/emulator.lock
lock --extra dev pyproject.toml requirements/dev.in --constraint requirements/uv.lock --output-file requirements/dev.lock
# What runs in the functions is what the tests ran with.
lock layers/dependencies/requirements.in --constraint requirements/dev.lock --output-file layers/dependencies/requirements.lock
