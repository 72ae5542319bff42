#!/usr/bin/env bash
# Packs what the NuGet sources lack into .feed/packages: ONNX Runtime under its official package ids, and libvips.
#   eng/feed/pack.sh           CPU (the core also carries the CUDA bridge, without the providers)
#   eng/feed/pack.sh --cuda    with the CUDA 13 and TensorRT providers (180 MB more to fetch; linux-x64)
# Idempotent: does nothing when the feed is already what these files describe. Where NuGet offers the official ids, they are used.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
feed=$root/.feed/packages
ort_version=$(sed -n 's:.*<OnnxRuntimeVersion>\(.*\)</OnnxRuntimeVersion>.*:\1:p' "$root/Directory.Packages.props")
vips_version=$(sed -n 's:.*<LibvipsVersion>\(.*\)</LibvipsVersion>.*:\1:p' "$root/Directory.Packages.props")

cuda=false
for argument in "$@"; do
  case $argument in
    --cuda) cuda=true ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) rid=linux-x64 ;;
  Linux-aarch64) rid=linux-arm64 ;;
  Darwin-arm64) rid=osx-arm64 ;;
  *) echo "pack.sh: no ONNX Runtime build is known for $(uname -s) $(uname -m)." >&2; exit 1 ;;
esac
if $cuda && [ "$rid" != linux-x64 ]; then echo "pack.sh: the CUDA providers exist for linux-x64 only." >&2; exit 1; fi

# A feed that already has CUDA also serves a caller who did not ask for it.
digest=$(cat "$here"/pack.sh "$here"/*/*.csproj "$here"/*/package-lock.json "$here"/Directory.Build.props | cksum | tr ' ' -)
stamp=$feed/ready
if [ -f "$stamp" ]; then
  read -r have_digest have_cuda < "$stamp"
  if [ "$have_digest" = "$digest" ] && { [ "$have_cuda" = true ] || [ "$cuda" = false ]; }; then exit 0; fi
fi

for tool in dotnet npm; do
  command -v "$tool" > /dev/null || { echo "pack.sh: $tool is needed and was not found on PATH." >&2; exit 1; }
done

mkdir -p "$feed" "$root/.build"
log=$root/.build/feed.log
: > "$log"
quietly() {
  if ! "$@" >> "$log" 2>&1; then echo "pack.sh: failed: $*" >&2; tail -n 30 "$log" >&2; exit 1; fi
}
rm -f "$stamp" "$feed"/*.nupkg

# Into a folder of its own: the machine's package cache may hold what an earlier run of this script packed.
official=false
if [ "${INFERENCE_FEED:-auto}" != local ] &&
   dotnet restore "$here/probe/probe.csproj" -p:Version="$ort_version" --packages "$root/.build/feed/probe" >> "$log" 2>&1; then
  official=true
fi

echo "Fetching native libraries from npm ..."
quietly npm ci --prefix "$here/core" --ignore-scripts --no-audit --no-fund
if $cuda && ! $official; then quietly npm ci --prefix "$here/cuda" --ignore-scripts --no-audit --no-fund; fi

# Packages of the same version but other contents may be in the machine's cache; only what we pack is dropped from it.
cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
pack() {
  local project=$1 version=$2 id
  id=$(basename "$project" .csproj | tr '[:upper:]' '[:lower:]')
  [ -n "$cache" ] && rm -rf "${cache:?}/$id/$version"
  quietly dotnet pack "$project" -c Release -p:NativeExtension="$([[ $rid == osx-* ]] && echo .dylib || echo .so)" -p:Version="$version" -p:Rid="$rid" -p:WithCuda="$cuda"
}
echo "Packing $([ $official = true ] && echo 'libvips' || echo 'ONNX Runtime and libvips') for $rid ..."
pack "$here/native/Libvips.Native.csproj" "$vips_version"
if ! $official; then
  pack "$here/managed/Microsoft.ML.OnnxRuntime.Managed.csproj" "$ort_version"
  pack "$here/native/Microsoft.ML.OnnxRuntime.Gpu.csproj" "$ort_version"
fi
# The projects' restore results list the files of the packages they saw.
find "$root/src" "$root/tools" "$root/tests" "$root/benchmarks" -path '*/obj/*' \( -name project.assets.json -o -name project.nuget.cache \) -delete 2> /dev/null || true
echo "$digest $cuda" > "$stamp"
