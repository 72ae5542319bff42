#!/usr/bin/env bash
# Builds deploy/docker/Dockerfile for real without a Docker engine or a registry, and uses the result as a cluster would:
# as uid 1654, on a read-only root, with 512 MB. Needs root, buildah, Debian and .NET; exits 77 where they are missing.
#   deploy/docker/verify.sh                    build, check, classify, measure
#   deploy/docker/verify.sh --model NAME       the model to export (synthetic weights) and classify with
#   deploy/docker/verify.sh --built            use the image of the last run instead of building
#   deploy/docker/verify.sh --store DIR        a store that exists instead of exporting one
#   deploy/docker/verify.sh --cuda             build the target cuda instead, and look at what is in it: nothing runs without a GPU
# The base images are stand-ins made from this machine's own .NET and Debian packages.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$root/.build/docker
model=resnet18_ssl
store=
photo=${SHARED_FIXTURES:-$root/../shared}/images/dog.jpg
while [ $# -gt 0 ]; do
  case $1 in
    --model) model=$2; shift 2 ;;
    --store) store=$(cd "$2" && pwd); shift 2 ;;
    --built) built=true; shift ;;
    --cuda) cuda=true; shift ;;
    --photo) photo=$2; shift 2 ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done

skip() { echo "SKIPPED: $*"; exit 77; }
fail() { echo "verify.sh: $*" >&2; exit 1; }
say() { printf '%-46s %s\n' "$1" "$2"; }
[ "$(id -u)" = 0 ] || skip "needs root"
for tool in buildah dotnet dpkg curl unshare jq; do command -v "$tool" > /dev/null || skip "needs $tool"; done

mkdir -p "$work"
# Storage of its own, and configuration that does not depend on what the machine has installed.
printf '{"default":[{"type":"insecureAcceptAnything"}]}\n' > "$work/policy.json"
printf 'unqualified-search-registries = []\n' > "$work/registries.conf"
export CONTAINERS_REGISTRIES_CONF=$work/registries.conf
# vfs copies whole trees but works everywhere; overlay is several times faster where the kernel allows it.
driver=vfs
mkdir -p "$work/probe"/{lower,upper,work,merged}
if mount -t overlay overlay -o "lowerdir=$work/probe/lower,upperdir=$work/probe/upper,workdir=$work/probe/work" \
  "$work/probe/merged" 2> /dev/null; then
  umount "$work/probe/merged"; driver=overlay
fi
b() { local command=$1; shift; buildah --root "$work/storage-$driver" --runroot "$work/run" --storage-driver $driver "$command" "$@"; }

# --- Stand-in bases ------------------------------------------------------------------------------------------------
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
libraries="libc6 libgcc-s1 libstdc++6 libssl3 ca-certificates"
shell="dash coreutils libacl1 libattr1 libselinux1 libpcre2-8-0 libgmp10"
turbojpeg=libturbojpeg0 # where it is installed; the real SDK image has a package source instead
system() { # folder, packages: what an image of these Debian packages would hold
  mkdir -p "$1"/usr/{bin,lib,lib64,sbin} "$1"/{etc/ssl,tmp,root,home/app,proc,sys,dev,run,var/tmp}
  chmod 1777 "$1/tmp" "$1/var/tmp"
  for folder in bin lib lib64 sbin; do ln -sfn "usr/$folder" "$1/$folder"; done
  shift_target=$1; shift
  for package in "$@"; do dpkg -L "$package" 2> /dev/null || true; done | sort -u |
    while read -r path; do if { [ -f "$path" ] || [ -L "$path" ]; } && [[ $path != /usr/share/* ]]; then echo "${path#/}"; fi; done |
    tar -C / -cf - --no-recursion -T - | tar -C "$shift_target" -xf - --keep-directory-symlink
  cp -aL /etc/ssl/certs "$shift_target/etc/ssl/"
  printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1654:1654::/home/app:/bin/false\n' > "$shift_target/etc/passwd"
  printf 'root:x:0:\napp:x:1654:\n' > "$shift_target/etc/group"
}
base() { # image, folder, more options of `buildah config`
  local container
  container=$(b from scratch)
  b add -q "$container" "$2" / > /dev/null
  b config --env PATH=/usr/bin:/bin:/usr/share/dotnet --env APP_UID=1654 "${@:3}" "$container"
  b commit -q --signature-policy "$work/policy.json" "$container" "$1" > /dev/null
  b rm "$container" > /dev/null
}
stamp=$(dotnet --version)-$(dpkg-query -W -f '${Version}' libc6)-$(dpkg-query -W -f '${Version}' "$turbojpeg" 2> /dev/null || true)
stamp+=-$(sed -n '/^# --- Stand-in/,/^# --- Build/p' "$0" | cksum | cut -d' ' -f1)
if [ "$(cat "$work/bases" 2> /dev/null)" != "$stamp" ]; then
  echo "Making stand-in base images ..."
  rm -rf "$work/bases" "$work/rootfs"
  b rmi -a -f > /dev/null 2>&1 || true
  # shellcheck disable=SC2086
  system "$work/rootfs/runtime" $libraries
  mkdir -p "$work/rootfs/runtime/usr/share/dotnet"
  cp -a "$dotnet_root"/{dotnet,host,shared} "$work/rootfs/runtime/usr/share/dotnet/"
  base localhost/standin/aspnet "$work/rootfs/runtime"
  # shellcheck disable=SC2086
  system "$work/rootfs/sdk" $libraries $shell $turbojpeg
  ln -sf dash "$work/rootfs/sdk/usr/bin/sh"
  mkdir -p "$work/rootfs/sdk/usr/share/doc"
  if [ -d "/usr/share/doc/$turbojpeg" ]; then cp -a "/usr/share/doc/$turbojpeg" "$work/rootfs/sdk/usr/share/doc/"; fi
  cp -a "$dotnet_root" "$work/rootfs/sdk/usr/share/dotnet"
  # The real SDK image has ICU; this one does without.
  base localhost/standin/sdk "$work/rootfs/sdk" --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  rm -rf "$work/rootfs"
  echo "$stamp" > "$work/bases"
fi

# --- Build ---------------------------------------------------------------------------------------------------------
target=cpu
image=localhost/inference-service
if ${cuda:-false}; then
  target=cuda image=localhost/inference-service-cuda
  [ -d "$root/.feed/packages" ] || "$root/eng/cuda-feed/pack.sh" > "$work/pack.log" 2>&1 ||
    fail "eng/cuda-feed/pack.sh fails (log: $work/pack.log)"
fi
build() {
  echo "Building deploy/docker/Dockerfile, target $target ..."
  secret=()
  nuget=$(dotnet nuget config paths 2> /dev/null | head -n 1)
  [ -n "$nuget" ] && secret=(--secret "id=nuget,src=$nuget")
  # A package cache of its own saves fetching everything again for each build; without it restore works just the same.
  packages=$work/packages
  mkdir -p "$packages"
  b bud --isolation chroot --format docker --pull-never --signature-policy "$work/policy.json" --layers=false \
    --build-arg BASE_SDK=localhost/standin/sdk --build-arg BASE_CPU=localhost/standin/aspnet \
    --build-arg BASE_DOTNET=localhost/standin/aspnet --build-arg BASE_CUDA=localhost/standin/aspnet \
    --build-arg CREATED="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --build-arg REVISION="$(git -C "$root" rev-parse HEAD 2> /dev/null || echo unknown)" \
    --volume "$packages:/root/.nuget/packages" "${secret[@]}" \
    --target $target -t $image -f "$root/deploy/docker/Dockerfile" "$root" > "$work/build.log" 2>&1 ||
    { tail -n 40 "$work/build.log" >&2; fail "the image does not build (whole log: $work/build.log)"; }
}
if ! ${built:-false}; then build; fi

# --- What is in it -------------------------------------------------------------------------------------------------
config=$(b inspect --type image $image)
value() { jq -r "$1" <<< "$config"; }
[ "$(value .Docker.config.User)" = 1654 ] || fail "User is $(value .Docker.config.User), not 1654"
[ "$(value '.Docker.config.Healthcheck.Test | join(" ")')" = "CMD dotnet /app/InferenceApi.dll --healthcheck" ] || fail "no self-check"
[ "$(value '.Docker.config.Labels["org.opencontainers.image.title"]')" = inference-service ] || fail "labels are missing"
mapfile -t entrypoint < <(value '.Docker.config.Entrypoint[]')
mapfile -t environment < <(value '.Docker.config.Env[]')
container=$(b from --pull-never --signature-policy "$work/policy.json" $image)
base_container=$(b from --pull-never --signature-policy "$work/policy.json" localhost/standin/aspnet)
service=
cleanup() {
  [ -n "$service" ] && kill "$service" 2> /dev/null && wait "$service" 2> /dev/null
  b rm "$container" "$base_container" > /dev/null 2>&1 || true
  rm -rf "$work/store"
}
trap cleanup EXIT
rootfs=$(b mount "$container")
bytes() { find "$1" -xdev -type f -printf '%s\n' | awk '{ total += $1 } END { print total + 0 }'; }
content=$(($(bytes "$rootfs") - $(bytes "$(b mount "$base_container")")))
weights=$(find "$rootfs/app" "$rootfs/models" \( -name '*.onnx' -o -name '*.pth' \) | wc -l)
[ "$weights" = 0 ] || fail "weights are in the image"
for file in inference-service.txt netvips.native THIRD-PARTY-NOTICES onnxruntime ThirdPartyNotices; do
  find "$rootfs/app/licenses" -iname "*$file*" | grep -q . || fail "no licence or notice of $file in /app/licenses"
done
say "licences and notices" "$(find "$rootfs/app/licenses" -type f | wc -l) files"
if ${cuda:-false}; then
  for file in libonnxruntime.so libonnxruntime_providers_shared.so libonnxruntime_providers_cuda.so; do
    [ -e "$rootfs/app/$file" ] || fail "the image has no $file"
  done
  # The .NET runtime is copied onto the CUDA base; the stand-in has it already, so that it is not counted here.
  say "image content beside the base" "$((content / 1000000)) MB, natives $(($(cat "$rootfs"/app/*.so* | wc -c) / 1000000)) MB"
  echo "OK"
  exit
fi
say "image content beside the base" "$((content / 1000000)) MB (target <= 80 MB)"
[ "$content" -le 80000000 ] || fail "the image is too large"

# --- Use it: uid 1654, read-only root, only /tmp and (for the exporter) the store writable ---------------------------
if [ -z "$store" ]; then
  store=$work/store; rm -rf "$store"; mkdir -p "$store"; chown 1654:1654 "$store"
  exporting=true
fi
inside() { # store mode (ro or rw), then the command: what a runtime does with readOnlyRootFilesystem, in a mount namespace
  local mode=$1; shift
  # shellcheck disable=SC2016
  exec env -i "${environment[@]}" HOME=/tmp ${PORT:+ASPNETCORE_HTTP_PORTS=$PORT} unshare --mount --propagation private -- /bin/sh -ec '
    root=$1 store=$2 mode=$3; shift 3
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"; mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=1777,size=256m tmpfs "$root/tmp"
    mount --bind "$store" "$root/models"; mount -o "remount,bind,$mode" "$root/models"
    cp /etc/resolv.conf /etc/hosts "$root/etc/" 2> /dev/null || true
    mount -o remount,bind,ro "$root"
    cd /
    exec /usr/sbin/chroot --userspec=1654:1654 "$root" "$@"
  ' sh "$rootfs" "$store" "$mode" "$@"
}
if ${exporting:-false}; then
  echo "Exporting $model (synthetic weights) with the image's own tool ..."
  ( inside rw "${entrypoint[0]}" /app/export.dll "$model" --store /models --synthetic ) > "$work/export.log" 2>&1 ||
    { tail -n 20 "$work/export.log" >&2; fail "the export tool failed in the image"; }
fi

# 512 MB where the kernel lets us say so; the peak is printed either way.
limit=536870912
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  groups=/sys/fs/cgroup bound=memory.max
else
  groups=/sys/fs/cgroup/memory bound=memory.limit_in_bytes
fi
cgroup=$groups/inference-verify-$$ confined=false
# Where no groups are mounted this is a plain folder, which would take any file: only the kernel's own has cgroup.procs from the start.
if mkdir "$cgroup" 2> /dev/null; then
  if [ -f "$cgroup/cgroup.procs" ] && echo $limit > "$cgroup/$bound"; then confined=true; else rmdir "$cgroup"; fi
fi 2> /dev/null
PORT=$(shuf -i 20000-30000 -n 1)
(
  if $confined; then echo $BASHPID > "$cgroup/cgroup.procs"; fi
  # The runtime sizes its heap by the container's memory; where no cgroup can be made it is told the same number.
  environment+=("DOTNET_GCHeapHardLimit=0x18000000")
  inside ro "${entrypoint[@]}" "--Serving:Preload:0=$model"
) > "$work/service.log" 2>&1 &
service=$!
ready=false
for _ in $(seq 300); do
  kill -0 "$service" 2> /dev/null || { tail -n 20 "$work/service.log" >&2; fail "the service ended at start"; }
  if curl -fsS -o /dev/null "http://127.0.0.1:$PORT/health/ready" 2> /dev/null; then ready=true; break; fi
  read -r -t 0.2 _ < <(:) || sleep 0.2
done
$ready || { tail -n 20 "$work/service.log" >&2; fail "the service is not ready after 60 s"; }
say "user and group" "$(awk '/^[UG]id/ { printf "%s ", $2 }' "/proc/$service/status")"
[ "$(awk '/^Uid/ { print $2 }' "/proc/$service/status")" = 1654 ] || fail "the service does not run as uid 1654"
awk '$5 == "/" && $6 ~ /^ro/ { found = 1 } END { exit !found }' "/proc/$service/mountinfo" || fail "the root is writable"
say "root file system" "read-only"

# The image's own self-check, run as the engine would.
mapfile -t check < <(value '.Docker.config.Healthcheck.Test[1:][]')
( inside ro "${check[@]}" ) > "$work/check.log" 2>&1 || fail "--healthcheck fails against a live service"
( PORT=1 inside ro "${check[@]}" ) > "$work/check.log" 2>&1 && fail "--healthcheck passes where nothing listens"
say "self-check without a shell" "0 when live, 1 when not"

# The sentence names the value and the state has it where the log is JSON; a console's line has the value in the sentence.
decoder=$(grep -oE '("Decoder": *"|decoded by )lib[a-z]+' "$work/service.log" | grep -oE 'lib[a-z]+' | head -n 1 || true)
say "JPEGs are decoded by" "${decoder:-not said in the log}"
installed=$([ -e "$rootfs/app/libturbojpeg.so.0" ] && echo libturbojpeg || echo libvips)
[ "$decoder" = "$installed" ] || fail "the image has $installed, the service says '$decoder'"

type=image/jpeg
if [ ! -f "$photo" ]; then
  echo "NO PHOTOGRAPH at $photo (set SHARED_FIXTURES or --photo): one grey pixel instead"
  photo=$work/pixel.png type=image/png
  base64 -d > "$photo" <<< iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
fi
answer=$(curl -fsS -H "Content-Type: $type" --data-binary "@$photo" "http://127.0.0.1:$PORT/v1/models/$model:classify?top_k=1")
[ "$(jq -r '.results[0].predictions | length' <<< "$answer")" = 1 ] || fail "no prediction: $answer"
say "classified $(basename "$photo")" "$(jq -c '.results[0].predictions[0]' <<< "$answer")"
peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$service/status")
say "peak memory ($($confined && echo "cgroup of" || echo "no cgroup; target <=") 512 MB)" "$((peak / 1024)) MB"
[ "$((peak * 1024))" -le $limit ] || fail "more than 512 MB of memory"

kill -TERM "$service"
code=0; wait "$service" || code=$?
service=
[ "$code" = 0 ] || fail "the service exited with $code after SIGTERM"
say "exit code after SIGTERM" 0
rmdir "$cgroup" 2> /dev/null || true
echo "OK"
