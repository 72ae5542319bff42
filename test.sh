#!/usr/bin/env bash
# Sets up and runs every test; the last line is "N passed, N failed, N skipped".
#   ./test.sh                 on a terminal it asks before it installs system packages (eng/apt-packages.txt); elsewhere it installs them
#   ./test.sh --no-install    installs none; the tests that need what is missing are skipped
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root" || exit 1
install=true
case "${1:-}" in
  "") ;;
  --no-install) install=false ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

began=$SECONDS
took() { echo "   $((SECONDS - began)) s"; began=$SECONDS; }
mkdir -p .build

echo "== packages"
export PATH=$PATH:$root/.build/tools/usr/bin
# Only promtool of "!prometheus" is used.
is_there() { case $1 in '!prometheus') command -v promtool > /dev/null ;; *) dpkg -s "$1" > /dev/null 2>&1 ;; esac; }
unpack() {
  mkdir -p .build/tools
  ( cd .build/tools && rm -f ./*.deb && apt-get download "$1" && dpkg-deb --fsys-tarfile ./*.deb | tar -x ./usr/bin )
  rm -f .build/tools/*.deb
}
missing=()
if command -v apt-get > /dev/null; then
  while IFS= read -r package; do is_there "$package" || missing+=("$package"); done < <(grep -v '^#' eng/apt-packages.txt)
else
  echo "No apt-get here; tests whose tools are missing are skipped."
fi
if [ ${#missing[@]} -gt 0 ] && $install && [ -t 0 ] && [ -t 1 ] && [ "${CI:-}" != true ]; then
  read -r -p "Install ${missing[*]#!} for some tests (eng/apt-packages.txt)? [Y/n] " answer
  case $answer in [nN]*) install=false ;; esac
fi
if [ ${#missing[@]} -gt 0 ] && $install; then
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo -n)
  get() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }
  echo "Installing ${missing[*]#!} ..."
  mapfile -t wanted < <(printf '%s\n' "${missing[@]}" | grep -v '^!')
  {
    "${sudo[@]}" apt-get update
    # One by one where all together fail: one missing package must not cost the others.
    if [ ${#wanted[@]} -gt 0 ]; then get "${wanted[@]}" || for package in "${wanted[@]}"; do get "$package"; done; fi
    for package in "${missing[@]}"; do case $package in '!'*) unpack "${package#!}" ;; esac; done
  } > .build/apt.log 2>&1
  for package in "${missing[@]}"; do
    is_there "$package" || echo "WARNING: ${package#!} could not be installed (.build/apt.log); the tests that need it are skipped."
  done
elif [ ${#missing[@]} -gt 0 ]; then
  echo "Not installed: ${missing[*]#!}; the tests that need them are skipped."
fi
took

echo "== build"
eng/setup.sh all || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
took

# Faults for a minute; alone the chaos tests take 10 s.
export CHAOS_SECONDS=${CHAOS_SECONDS:-60}
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
  took
done

echo "== format"
if dotnet format InferenceService.sln --no-restore --verify-no-changes > .build/format.log 2>&1; then
  count 1 0 0
else
  cat .build/format.log
  count 0 1 0
fi
took

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
