#!/usr/bin/env bash
# The common part of run.sh, test.sh and bench.sh: checks the tools and builds. Quick when nothing has changed.
#   eng/setup.sh [app|all]    app: the service and the export tool; all: tests and benchmarks too
#   CUDA=1                    with ONNX Runtime's CUDA provider (linux-x64)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
what=${1:-app}
cd "$root"

need() {
  command -v "$1" > /dev/null && return
  echo "setup: $1 was not found on PATH. $2" >&2
  exit 1
}
need dotnet "Install the .NET 10 SDK."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if [ "${CUDA:-0}" = 1 ]; then "$root/eng/cuda-feed/pack.sh"; fi

# The last build may have been the other flavour; its output shows which.
is_flavour() {
  if [ "${CUDA:-0}" = 1 ]; then [ -e "$1/libonnxruntime_providers_cuda.so" ]; else [ ! -e "$1/libonnxruntime_providers_cuda.so" ]; fi
}
service=src/InferenceApi/bin/Release/net10.0 export=tools/export/bin/Release/net10.0

stamp=$root/.build/built-$what
sources=(src tools Directory.Build.props Directory.Build.targets Directory.Packages.props global.json eng/BannedSymbols.txt .editorconfig)
target=(src/InferenceApi/InferenceApi.csproj tools/export/Export.csproj)
if [ "$what" = all ]; then
  sources+=(tests benchmarks InferenceService.sln)
  target=(InferenceService.sln)
fi
if [ -f "$stamp" ] && [ -f $service/InferenceApi.dll ] && [ -f $export/export.dll ] && is_flavour $service && is_flavour $export &&
   [ -z "$(find "${sources[@]}" \( -name bin -o -name obj -o -name node_modules -o -name results \) -prune \
    -o -type f -newer "$stamp" -print -quit)" ]; then
  exit 0
fi

mkdir -p .build
started=$(mktemp .build/started.XXXXXX)
trap 'rm -f "$started"' EXIT
echo "Building ..."
for project in "${target[@]}"; do
  if ! dotnet build "$project" -c Release -v quiet > .build/build.log 2>&1; then cat .build/build.log >&2; exit 1; fi
done
# The time when the build began: files that change meanwhile are built next time.
touch -r "$started" "$stamp"
