#!/usr/bin/env bash
# Sets up, and prints the service's figures beside the ceilings of this machine and beside its peers.
#   ./bench.sh              about 20 minutes
#   ./bench.sh --quick      about 7 minutes: short stretches, fewer rounds
#   ./bench.sh --full       about an hour: long stretches, all twelve models (synthetic; 3.1 GB of disk), micro-benchmarks
#   ./bench.sh --gpu        the GPU instead (benchmarks/Gpu/measure.sh), an hour at most; PROVIDER=cpu for a dry run
#   ./bench.sh --only NAME  saturation, small, open, overload, storm, memory, hostile, cold, prepare, engine, models, micro; may be repeated
# Reports go to benchmarks/results. Everything listens on the loopback only, and is ended at the end.
# BENCH_STORE=DIR uses installed models instead of synthetic ones; BENCH_PICTURES=DIR other JPEGs.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

mode=default micro=false only=()
while [ $# -gt 0 ]; do
  case $1 in
    --quick) mode=quick ;;
    --full) mode=full micro=true ;;
    --gpu)
      benchmarks/Gpu/measure.sh publish .build/gpu
      exec .build/gpu/measure.sh all ;;
    --only)
      [ $# -gt 1 ] || { echo "bench.sh: --only needs a name." >&2; exit 2; }
      if [ "$2" = micro ]; then micro=true; fi
      only+=(--only "$2")
      shift ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done

eng/setup.sh all
scratch=$root/.build/bench
store=${BENCH_STORE:-$scratch/store}
mkdir -p "$scratch" "$store"

# The peers. A peer that cannot be installed is left out with a warning; the rest is measured.
peer=$root/benchmarks/peers/node
if [ ! -f "$peer/node_modules/.package-lock.json" ] || [ "$peer/package-lock.json" -nt "$peer/node_modules/.package-lock.json" ]; then
  echo "Fetching the Node peer ..."
  npm ci --prefix "$peer" --ignore-scripts --no-audit --no-fund > "$scratch/npm.log" 2>&1 ||
    { rm -rf "$peer/node_modules"; echo "WARNING: the Node peer could not be installed ($scratch/npm.log); it is left out." >&2; }
fi
python=(python3-fastapi python3-uvicorn python3-torch python3-torchvision python3-pil)
if command -v apt-get > /dev/null && ! dpkg -s "${python[@]}" > /dev/null 2>&1; then
  echo "Installing the FastAPI peer ..."
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo -n)
  { "${sudo[@]}" apt-get update \
    && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${python[@]}"; } \
    > "$scratch/apt.log" 2>&1 || echo "WARNING: the FastAPI peer could not be installed ($scratch/apt.log); it is left out." >&2
fi

# The models. Speed does not depend on the weights.
models=(resnet50_swsl resnet18_swsl)
case " $mode ${only[*]} " in
  *" full "* | *" models "*) mapfile -t models < <(sed -n 's/.*"name": *"\([a-z0-9_]*\)".*/\1/p' src/ModelStore/Resources/catalog.json) ;;
esac
missing=()
for model in "${models[@]}"; do
  compgen -G "$store/$model/[1-9]*/manifest.json" > /dev/null || missing+=("$model")
done
if [ ${#missing[@]} -gt 0 ]; then
  dotnet tools/export/bin/Release/net10.0/export.dll "${missing[@]}" --synthetic --store "$store"
fi

# The pictures: those nearest to 110 KB, the mean of ImageNet's, so that every contender decodes the usual amount.
pictures=$scratch/pictures
rm -rf "$pictures" && mkdir -p "$pictures"
photographs=${BENCH_PICTURES:-$root/../shared/images}
if compgen -G "$photographs/*.[jJ][pP]*[gG]" > /dev/null; then
  find -L "$photographs" -maxdepth 1 -iname '*.jp*g' -printf '%s %p\n' |
    awk '{ d = $1 - 110000; if (d < 0) d = -d; size = $1; sub(/^[0-9]+ /, ""); print d "\t" $0 }' |
    sort -n | awk 'NR <= 32' | cut -f 2 | while IFS= read -r picture; do cp "$picture" "$pictures/"; done
  from="real photographs"
elif [ -d "$peer/node_modules" ]; then
  echo "NOTE: no photographs at $photographs; generated JPEGs of about 105 KB are used instead." >&2
  node "$peer/pictures.js" "$pictures" 32
  from="generated (no photographs were at hand)"
else
  echo "bench.sh: there are no pictures: set BENCH_PICTURES to a folder of JPEGs." >&2
  exit 1
fi

benchmarks=$root/benchmarks/bin/Release/net10.0/benchmarks.dll status=0
if [ ${#only[@]} -eq 0 ] || [ "${only[*]//--only/}" != " micro" ]; then
  # The generator shares the cores: completions on the socket thread are one hand-off less for each answer, and no collector runs beside
  # it. It passes neither setting on to what it measures.
  DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 DOTNET_gcConcurrent=0 dotnet "$benchmarks" load \
    --root "$root" --store "$store" --pictures "$pictures" --pictures-from "$from" --scratch "$scratch" --mode "$mode" \
    "${only[@]}" || status=$?
fi
if $micro; then
  (cd "$scratch" && BENCH_PICTURES=$pictures dotnet "$benchmarks" micro --inProcess --filter "*") || status=$?
fi
exit $status
