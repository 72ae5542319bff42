#!/usr/bin/env bash
# Measures the service on a GPU. Two commands, because the machine with the GPU need not be able to build:
#   benchmarks/gpu/measure.sh publish DIR        here: self-contained programs, models (synthetic, every architecture, fp32 and fp16), pictures
#   DIR/measure.sh PART...                       there: prints tables; needs nothing but DIR and NVIDIA's driver and libraries
# Parts, each under 9 minutes: check parity raw fed random service memory sweep. "all" is all of them.
# Settings: PROVIDER=cuda (cpu for a dry run), SECONDS_EACH=20, MODELS=..., SERVICE_MODELS=..., CUDA_LIBRARIES=folders (found by themselves
# below python3's site-packages and in /usr/local/cuda), MODELS_KEPT for publish: the names to make.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

publish() {
  local root out=$1 model seed=1
  root=$(cd "$here/../.." && pwd)
  mkdir -p "$out"
  out=$(cd "$out" && pwd)
  [ "${PROVIDER:-cuda}" = cpu ] || "$root/eng/feed/pack.sh" --cuda
  for project in benchmarks/gpu/Gpu.Benchmarks.csproj src/InferenceApi/InferenceApi.csproj tools/export/Export.csproj; do
    dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained -v quiet -o "$out/bin"
  done
  cp "$here/measure.sh" "$out/"
  mkdir -p "$out/pictures"
  local photographs=${BENCH_PICTURES:-$root/../shared/images}
  if compgen -G "$photographs/*.jp*g" > /dev/null; then cp "$photographs"/*.jp*g "$out/pictures/"; fi
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
print("\n".join(sorted({f for r in roots for f in glob.glob(os.path.join(r, "nvidia", "**", "lib"), recursive=True) if glob.glob(f + "/*.so*")})))
P
)
  fi
  for folder in /usr/local/cuda/lib64 /usr/local/nvidia/lib64; do [ -d "$folder" ] && found=$found:$folder; done
  export LD_LIBRARY_PATH=${found#:}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
}

make_models() {
  local model
  for model in ${MODELS//,/ }; do
    [ -d "$store/$model" ] && continue
    case $model in
      resnet18_real*) echo "NOTE: $model is not here; it is left out." >&2; MODELS=$(tr ',' '\n' <<< "$MODELS" | grep -vx "$model" | paste -sd,) ;;
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
  timeout "${PART_LIMIT:-530}" "$here/bin/Gpu.Benchmarks" "$part" --store "$store" --Runtime:Provider "$provider" "$@" || echo "!! $part ended with $?"
}

half_of() { sed 's/[^,]*/&_fp16/g' <<< "$1"; }

if [ "${1:-}" = publish ]; then publish "${2:?measure.sh publish DIR}"; exit; fi
[ $# -gt 0 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
[ -x "$here/bin/Gpu.Benchmarks" ] || { echo "measure.sh: run it from a published folder: measure.sh publish DIR." >&2; exit 2; }
export DOTNET_gcServer=0
store=${STORE:-$here/store} provider=${PROVIDER:-cuda} each=${SECONDS_EACH:-20}
architectures=resnet18_swsl,resnet50_swsl,resnext50_32x4d_swsl,resnext101_32x4d_swsl,resnext101_32x8d_swsl,resnext101_32x16d_swsl
MODELS=${MODELS:-$architectures,$(half_of $architectures)}
SERVICE_MODELS=${SERVICE_MODELS:-resnet50_swsl_fp16,resnet18_swsl_fp16,resnext101_32x16d_swsl_fp16}
libraries
set -- $(sed 's/\ball\b/check parity raw fed random service memory sweep/' <<< "$*")
for part in "$@"; do
  case $part in
    check)
      uname -srm; nproc; command -v nvidia-smi > /dev/null && nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader || echo "no nvidia-smi"
      echo "LD_LIBRARY_PATH=$LD_LIBRARY_PATH"
      MODELS=resnet18_swsl; make_models; measure raw --models resnet18_swsl --seconds 1 ;;
    parity) MODELS=resnet18_real,resnet18_real_fp16,$MODELS; make_models; measure parity --models "$MODELS" --pictures "$here/pictures" ;;
    raw) make_models; measure raw --models "$MODELS" --seconds "$each" ;;
    fed) make_models; measure fed --models "${FED_MODELS:-resnet50_swsl_fp16,resnet50_swsl}" --seconds "$each" ;;
    random) make_models; measure random --models "${RANDOM_MODELS:-resnet50_swsl_fp16}" --seconds 60
      measure random --models "${RANDOM_MODELS:-resnet50_swsl_fp16}" --seconds 20 --Runtime:Cuda:Graphs false ;;
    service) make_models; measure service --models "$SERVICE_MODELS" --pictures "$here/pictures" --seconds "$each" ;;
    memory) make_models; measure memory --models "$(half_of $architectures)" --seconds "$each" ;;
    sweep) # One knob at a time around the defaults, on the model that decides.
      make_models
      model=${SWEEP_MODEL:-resnet50_swsl_fp16}
      for knob in "Graphs false" "PreferNhwc true" "ConvolutionSearch Heuristic" "ConvolutionSearch Default" "MaxWorkspace false" "FuseConvBias true" "Tf32 true"; do
        set -- $knob
        measure raw --models "$model" --seconds "$each" "--Runtime:Cuda:$1" "$2"
      done
      measure raw --models "${model%_fp16}" --seconds "$each" --Runtime:Cuda:Tf32 true ;;
    *) echo "measure.sh: no part '$part'." >&2; exit 2 ;;
  esac
done
