#!/usr/bin/env bash
# Sets up, makes sure the models are in the store, and serves them.
#   ./run.sh [MODEL...]       default: resnet50_swsl
#   PORT=8080 HOST=127.0.0.1 MODEL_STORE=./models
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case "${1:-}" in -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
export MODEL_STORE=${MODEL_STORE:-$root/models}
# The second start need not optimise the networks again.
export Runtime__OptimizedGraphCache=${Runtime__OptimizedGraphCache:-$root/.build/graphs}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[ $# -gt 0 ] || set -- resnet50_swsl

"$root/eng/setup.sh" app
export_tool() { dotnet "$root/tools/export/bin/Release/net10.0/export.dll" "$@"; }

preload=()
for model in "$@"; do
  preload+=("--Serving:Preload:${#preload[@]}=$model")
  compgen -G "$MODEL_STORE/$model/[1-9]*/manifest.json" > /dev/null && continue
  status=0
  export_tool "$model" --store "$MODEL_STORE" || status=$?
  [ $status -eq 0 ] && continue
  # Exit code 3: the download failed; anything else (a wrong name, a full disk) synthetic weights would only hide.
  [ $status -eq 3 ] || exit $status
  cat >&2 <<NOTE

********************************************************************************
  The official weights of $model could not be downloaded.
  SYNTHETIC weights are installed instead: right architecture, random numbers,
  MEANINGLESS ANSWERS. To get the real ones later:
    dotnet run --project tools/export -- $model
********************************************************************************

NOTE
  export_tool "$model" --synthetic --store "$MODEL_STORE"
done

exec dotnet "$root/src/InferenceApi/bin/Release/net10.0/InferenceApi.dll" \
  --urls "http://${HOST:-127.0.0.1}:${PORT:-8080}" "${preload[@]}"
