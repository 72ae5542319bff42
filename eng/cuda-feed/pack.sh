#!/usr/bin/env bash
# Packs ONNX Runtime with CUDA (linux-x64) under its official package ids into .feed/packages, for builds with CUDA=1 alone.
#   eng/cuda-feed/pack.sh
# Does nothing where a NuGet source offers the package, or where the feed is up to date. Needs npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
feed=$root/.feed/packages
build=$root/.build/cuda-feed
[ $# -eq 0 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 2; }

# The version that Directory.Build.props pairs with this package.
version=$(sed -n '/>Microsoft.ML.OnnxRuntime.Gpu</,$s:.*<OnnxRuntimeVersion>\(.*\)</OnnxRuntimeVersion>.*:\1:p' \
  "$root/Directory.Build.props")
digest=$version-$(cat "$here"/*.* | cksum | tr ' ' -)
if [ "$(cat "$feed/ready" 2> /dev/null)" = "$digest" ]; then exit 0; fi
command -v dotnet > /dev/null || { echo "pack.sh: dotnet was not found on PATH." >&2; exit 1; }

mkdir -p "$feed" "$build"
log=$build/log
: > "$log"
quietly() {
  if ! "$@" >> "$log" 2>&1; then echo "pack.sh: failed: $*" >&2; tail -n 30 "$log" >&2; exit 1; fi
}
rm -f "$feed/ready" "$feed"/*.nupkg

# Queries the sources: the machine's package cache may hold packages of an earlier run of this script.
rm -rf "$build/probe"
if dotnet restore "$here/Probe.csproj" -r linux-x64 -p:OnnxRuntimeVersion="$version" --packages "$build/probe" >> "$log" 2>&1 &&
   compgen -G "$build/probe/*/*/runtimes/linux-x64/native/libonnxruntime_providers_cuda.so" > /dev/null; then
  rm -rf "$build/probe"
  echo "$digest" > "$feed/ready"
  exit 0
fi
rm -rf "$build/probe"

command -v npm > /dev/null ||
  {
    echo "pack.sh: no NuGet source offers Microsoft.ML.OnnxRuntime.Gpu $version; npm is needed to pack it and was not found on PATH." >&2
    exit 1
  }
echo "Fetching ONNX Runtime with CUDA from npm (about 600 MB) ..."
quietly npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund
echo "Packing ..."
# Packages of the same version but other contents may be in the machine's cache; only what we pack is dropped from it.
cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
for id in Microsoft.ML.OnnxRuntime.Managed Microsoft.ML.OnnxRuntime.Gpu; do
  [ -n "$cache" ] && rm -rf "${cache:?}/$(tr '[:upper:]' '[:lower:]' <<< "$id")/$version"
  quietly dotnet pack "$here/$id.csproj" -c Release -p:OnnxRuntimeVersion="$version"
done
# The projects' restore results list files of the old packages.
find "$root/src" "$root/tools" "$root/tests" "$root/benchmarks" -path '*/obj/*' \
  \( -name project.assets.json -o -name project.nuget.cache \) -delete 2> /dev/null || true
echo "$digest" > "$feed/ready"
