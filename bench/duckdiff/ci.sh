#!/usr/bin/env bash
# Installs the second engine, DuckDB's npm package at the version of package.json,
# into a folder that it removes again, and holds ionq against it on random queries.
# How many: the first argument, else 1500.
set -euo pipefail
cd "$(dirname "$0")"
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
cp package.json "$dir"
if ! (cd "$dir" && npm install --no-audit --no-fund --no-package-lock --silent); then
	echo "npm could not install the packages of bench/duckdiff/package.json" >&2
	if [ "${CI:-}" = true ]; then
		exit 1
	fi
	echo "ionq is not held against DuckDB" >&2
	exit 0
fi
IONQ_DUCKDB="$dir" IONQ_DUCKDB_QUERIES="${1:-1500}" go test -count=1 -run TestDuckDB -v .
