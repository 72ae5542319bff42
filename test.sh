#!/usr/bin/env bash
# Sets up and runs every test; the last line is "N passed, N failed, N skipped".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root" || exit 1

# PyTorch, torchvision and Pillow are the oracles. Without them the committed goldens are still checked and live comparisons skip.
oracles=(python3-torch python3-torchvision python3-pil python3-onnx)
if command -v apt-get > /dev/null && ! dpkg -s "${oracles[@]}" > /dev/null 2>&1; then
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo -n)
  echo "Installing the oracles (${oracles[*]}) ..."
  mkdir -p .build
  { "${sudo[@]}" apt-get update && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${oracles[@]}"; } > .build/apt.log 2>&1 ||
    echo "WARNING: the oracles could not be installed (.build/apt.log); live comparisons with PyTorch are skipped."
fi

eng/setup.sh all || { echo "0 passed, 1 failed"; exit 1; }

passed=0 failed=0 skipped=0
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

for project in tests/*.Tests; do
  echo "== $(basename "$project")"
  log=.build/$(basename "$project").log
  dotnet test "$project" -c Release --no-build --logger "console;verbosity=normal" > "$log" 2>&1
  status=$?
  grep -E "^ +(Failed|Skipped) |\[(FAIL|SKIP)\]" "$log" | sort -u
  number() { sed -n "s/^ *$1: *\([0-9]*\).*/\1/p" "$log" | tail -n 1; }
  bad=$(number Failed)
  if [ $status -ne 0 ] && [ "${bad:-0}" -eq 0 ]; then bad=1; fi
  if [ "${bad:-0}" -gt 0 ]; then grep -vE "^ +Passed " "$log" | tail -n 150; fi
  count "$(number Passed || true)" "${bad:-0}" "$(number Skipped)"
done

echo "== format"
if dotnet format InferenceService.sln --no-restore --verify-no-changes > .build/format.log 2>&1; then count 1 0 0; else cat .build/format.log; count 0 1 0; fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
