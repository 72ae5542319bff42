#!/usr/bin/env bash
# Sets up, makes sure the models are in the store, and serves them.
#   ./run.sh [MODEL...]       default: resnet50_swsl
#   PORT=8080 HOST=127.0.0.1 MODEL_STORE=./models
#   CUDA=1 builds for an NVIDIA GPU, CUDA=0 for the CPU; without it a machine with NVIDIA's driver decides
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case "${1:-}" in -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
export MODEL_STORE=${MODEL_STORE:-$root/models}
# Later starts skip the optimisation of the networks.
export Runtime__OptimizedGraphCache=${Runtime__OptimizedGraphCache:-$root/.build/graphs}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[ $# -gt 0 ] || set -- resnet50_swsl

has_driver() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || return 1
  command -v nvidia-smi > /dev/null || [ -e /dev/nvidia0 ] || ldconfig -p 2> /dev/null | grep -q 'libcuda\.so\.1 '
}
if [ -z "${CUDA:-}" ] && has_driver; then
  if "$root/eng/cuda-feed/pack.sh"; then
    echo "NVIDIA driver found: this build uses the GPU (CUDA=0 ./run.sh builds for the CPU)."
    CUDA=1
  else
    echo "NVIDIA driver found, but ONNX Runtime with CUDA is not available: this build uses the CPU."
    CUDA=0
  fi
fi
export CUDA=${CUDA:-0}

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
