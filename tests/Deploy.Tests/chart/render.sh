#!/usr/bin/env bash
# Renders the chart without helm: tests/Deploy.Tests/chart/render.sh [-batch] CHART [values.yaml ...]. Needs Debian's golang-go,
# golang-github-masterminds-sprig-dev and golang-gopkg-yaml.v3-dev; exits 77 where they are missing.
#   tests/Deploy.Tests/chart/render.sh --golden     writes golden/*.yaml anew from the chart's ci/*-values.yaml
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
chart=$root/deploy/helm/inference-service
libraries=/usr/share/gocode
if ! command -v go > /dev/null || [ ! -d $libraries/src/github.com/Masterminds/sprig ]; then
  echo "SKIPPED: needs golang-go golang-github-masterminds-sprig-dev golang-gopkg-yaml.v3-dev" >&2
  exit 77
fi
program=$root/.build/helm/render
digest=$(cat "$here"/render/*.go | cksum | tr -d ' ')
if [ ! -x "$program-$digest" ]; then
  mkdir -p "$(dirname "$program")"
  for old in "$program"-*; do
    [ "$old" = "$program-$digest" ] || rm -f "$old"
  done
  # In a folder of its own: two may build at once, and the last to finish replaces the other's equal one.
  draft=$(mktemp -d "$program.XXXXXX")
  # Debian ships Go libraries as a GOPATH, without modules.
  (cd "$here/render" && GO111MODULE=off GOPATH=$libraries GOCACHE=$root/.build/helm/go GOFLAGS= go build -o "$draft/render" .)
  mv "$draft/render" "$program-$digest"
  rmdir "$draft"
fi
if [ "${1:-}" = --golden ]; then
  for values in "$chart"/ci/*-values.yaml; do
    name=$(basename "$values" -values.yaml)
    "$program-$digest" "$chart" "$values" > "$here/golden/$name.yaml"
  done
  exit
fi
exec "$program-$digest" "$@"
