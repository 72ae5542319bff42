#!/usr/bin/env bash
# Sets up and runs every test; the last line is "N passed, N failed, N skipped".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root" || exit 1

# Oracles and tools of some tests. Without them the committed goldens are still checked, and what needs them skips loudly.
mapfile -t packages < <(grep -v '^#' eng/apt-packages.txt)
if command -v apt-get > /dev/null && ! dpkg -s "${packages[@]}" > /dev/null 2>&1; then
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo -n)
  install() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }
  echo "Installing what some tests need (eng/apt-packages.txt) ..."
  mkdir -p .build
  {
    "${sudo[@]}" apt-get update
    # One by one where all together fail: one missing package must not cost the others.
    install "${packages[@]}" || for package in "${packages[@]}"; do install "$package"; done
  } > .build/apt.log 2>&1
  for package in "${packages[@]}"; do
    dpkg -s "$package" > /dev/null 2>&1 || echo "WARNING: $package could not be installed (.build/apt.log); the tests that need it are skipped."
  done
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
  good=$(number Passed) unrun=$(number Skipped)
  count "${good:-0}" "${bad:-0}" "${unrun:-0}"
done

echo "== format"
if dotnet format InferenceService.sln --no-restore --verify-no-changes > .build/format.log 2>&1; then count 1 0 0; else cat .build/format.log; count 0 1 0; fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
