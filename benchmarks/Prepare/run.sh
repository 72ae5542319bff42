#!/bin/sh
# Prints our prepare time beside torchvision's, one core, in turns: benchmarks/Prepare/run.sh [FOLDER] [ROUNDS]
set -eu
cd "$(dirname "$0")/.."
dotnet build -c Release -v quiet --nologo
folder="${1:-${SHARED_FIXTURES:-../../shared}/images}"
exec taskset -c "${CORE:-0}" dotnet bin/Release/net10.0/benchmarks.dll prepare "$folder" "${2:-9}"
