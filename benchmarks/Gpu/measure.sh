#!/usr/bin/env bash
# Measures the service on a GPU. Two commands, because the machine with the GPU need not be able to build:
#   benchmarks/Gpu/measure.sh publish DIR        here: self-contained programs, real weights where they are at hand, pictures
#   DIR/measure.sh PART...                       there: prints tables; needs nothing but DIR and NVIDIA's driver and libraries
# Parts, each under 9 minutes: check models parity raw fed random service memory sweep. "all" is all of them. "models" makes the rest
# (synthetic weights, every architecture, fp32 and fp16; 3 GB), which other parts do where it was left out.
# Settings: PROVIDER=cuda (cpu for a dry run), SECONDS_EACH=20, MODELS=..., SERVICE_MODELS=..., FED_MODELS=...,
# RANDOM_MODELS=..., MEMORY_MODELS=..., SWEEP_MODEL=..., CUDA_LIBRARIES=folders (found by themselves
# below python3's site-packages and in /usr/local/cuda), BENCH_PICTURES=DIR for publish.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

publish() {
  local root out=$1 model seed=1
  root=$(cd "$here/../.." && pwd)
  mkdir -p "$out"
  out=$(cd "$out" && pwd)
  export CUDA=0
  if [ "${PROVIDER:-cuda}" != cpu ]; then CUDA=1; "$root/eng/cuda-feed/pack.sh"; fi
  for project in benchmarks/Benchmarks.csproj src/InferenceApi/InferenceApi.csproj tools/export/Export.csproj; do
    dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained -v quiet -o "$out/bin"
  done
  cp "$here/measure.sh" "$out/"
  # All of them for parity; for speed those nearest to 110 KB, the mean of ImageNet's, as bench.sh takes them.
  rm -rf "$out/photographs" "$out/pictures"
  mkdir -p "$out/photographs" "$out/pictures"
  local photographs=${BENCH_PICTURES:-$root/../shared/images}
  if [ -d "$photographs" ]; then
    find -L "$photographs" -maxdepth 1 -iname '*.jp*g' -exec cp {} "$out/photographs/" \;
    find "$out/photographs" -type f -printf '%s %p\n' |
      awk '{ d = $1 - 110000; if (d < 0) d = -d; sub(/^[0-9]+ /, ""); print d "\t" $0 }' |
      sort -n | head -n 32 | cut -f 2 | while IFS= read -r picture; do cp "$picture" "$out/pictures/"; done
  else
    echo "measure.sh: no photographs at $photographs (BENCH_PICTURES=DIR); put JPEGs into $out/photographs and $out/pictures." >&2
  fi
  local real=$root/../shared/weights/resnet18_real.pth
  # Weights too large to carry are made where they are used: see "check".
  if [ -f "$real" ]; then
    "$out/bin/export" --name resnet18_real --checkpoint "$real" --store "$out/store"
    "$out/bin/export" --name resnet18_real_fp16 --checkpoint "$real" --precision fp16 --store "$out/store"
  fi
  du -sh "$out"
}

libraries() {
  local found=${CUDA_LIBRARIES:-} folder
  if command -v python3 > /dev/null; then
    while IFS= read -r folder; do found=$found:$folder; done < <(python3 - <<'P'
import glob, os, site, sys
roots = set(site.getsitepackages() + sys.path)
folders = {f for r in roots for f in glob.glob(os.path.join(r, "nvidia", "**", "lib"), recursive=True) if glob.glob(f + "/*.so*")}
print("\n".join(sorted(folders)))
P
)
  fi
  for folder in /usr/local/cuda/lib64 /usr/local/nvidia/lib64; do [ -d "$folder" ] && found=$found:$folder; done
  export LD_LIBRARY_PATH=${found#:}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
}

# Makes what is not there; without an argument MODELS, from which real weights that were not brought along are dropped.
make_models() {
  local model names=${1:-$MODELS}
  for model in ${names//,/ }; do
    [ -d "$store/$model" ] && continue
    case $model in
      resnet18_real*)
        echo "NOTE: $model is not installed; it is left out." >&2
        MODELS=$(tr ',' '\n' <<< "$MODELS" | grep -vx "$model" | paste -sd,) ;;
      *_fp16) "$here/bin/export" "${model%_fp16}" --synthetic --precision fp16 --store "$store" > /dev/null ;;
      *) "$here/bin/export" "$model" --synthetic --store "$store" > /dev/null ;;
    esac
  done
}

# Bounded, so that one part that hangs costs no more than its own time.
measure() {
  local part=$1
  shift
  echo "== $part $*"
  timeout "${PART_LIMIT:-530}" "$here/bin/benchmarks" gpu "$part" --store "$store" --Runtime:Provider "$provider" "$@" \
    || echo "!! $part ended with $?"
}

half_of() { sed 's/[^,]*/&_fp16/g' <<< "$1"; }

if [ "${1:-}" = publish ]; then publish "${2:?measure.sh publish DIR}"; exit; fi
[ $# -gt 0 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
[ -x "$here/bin/benchmarks" ] || { echo "measure.sh: run it from a published folder: measure.sh publish DIR." >&2; exit 2; }
export DOTNET_gcServer=0
store=${STORE:-$here/store} provider=${PROVIDER:-cuda} each=${SECONDS_EACH:-20}
architectures=resnet18_swsl,resnet50_swsl,resnext50_32x4d_swsl,resnext101_32x4d_swsl,resnext101_32x8d_swsl,resnext101_32x16d_swsl
MODELS=${MODELS:-$architectures,$(half_of $architectures)}
SERVICE_MODELS=${SERVICE_MODELS:-resnet50_swsl_fp16,resnet18_swsl_fp16,resnext101_32x16d_swsl_fp16}
FED_MODELS=${FED_MODELS:-resnet50_swsl_fp16,resnet50_swsl}
RANDOM_MODELS=${RANDOM_MODELS:-resnet50_swsl_fp16}
MEMORY_MODELS=${MEMORY_MODELS:-$(half_of $architectures)}
libraries
set -- $(sed 's/\ball\b/check models parity raw fed random service memory sweep/' <<< "$*")
for part in "$@"; do
  case $part in
    check)
      uname -srm; nproc
      command -v nvidia-smi > /dev/null \
        && nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader || echo "no nvidia-smi"
      echo "LD_LIBRARY_PATH=$LD_LIBRARY_PATH"
      (MODELS=resnet18_swsl; make_models)
      measure raw --models resnet18_swsl --seconds 1 ;;
    models) make_models "$MODELS,$SERVICE_MODELS,$FED_MODELS,$RANDOM_MODELS,$MEMORY_MODELS" ;;
    parity) (MODELS=resnet18_real,resnet18_real_fp16,$MODELS
             make_models; measure parity --models "$MODELS" --pictures "$here/photographs") ;;
    raw) make_models; measure raw --models "$MODELS" --seconds "$each" ;;
    fed) make_models "$FED_MODELS"; measure fed --models "$FED_MODELS" --seconds "$each" ;;
    random)
      make_models "$RANDOM_MODELS"
      measure random --models "$RANDOM_MODELS" --seconds "${RANDOM_SECONDS:-60}"
      measure random --models "$RANDOM_MODELS" --seconds "$each" --Runtime:Cuda:Graphs false ;;
    service) make_models "$SERVICE_MODELS"; measure service --models "$SERVICE_MODELS" --pictures "$here/pictures" --seconds "$each" ;;
    memory) make_models "$MEMORY_MODELS"; measure memory --models "$MEMORY_MODELS" --seconds "$each" ;;
    sweep) # One knob at a time around the defaults, on the model that decides.
      model=${SWEEP_MODEL:-resnet50_swsl_fp16}
      make_models "$model,${model%_fp16}"
      for knob in "Graphs false" "PreferNhwc true" "ConvolutionSearch Heuristic" "ConvolutionSearch Default" \
          "MaxWorkspace false" "FuseConvBias true" "Tf32 true"; do
        set -- $knob
        measure raw --models "$model" --seconds "$each" "--Runtime:Cuda:$1" "$2"
      done
      measure raw --models "${model%_fp16}" --seconds "$each" --Runtime:Cuda:Tf32 true ;;
    *) echo "measure.sh: no part '$part'." >&2; exit 2 ;;
  esac
done
