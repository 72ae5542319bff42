#!/usr/bin/env bash
# Writes a synthetic 777 MB resnext101_32x16d checkpoint in the published layout, exports it, and prints the seconds and the peak
# resident memory of the conversion (before the closing ONNX Runtime check, which needs the whole model in memory).
# Targets: 20 s and 600 MB; stretch 10 s and 300 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

dotnet build -c Release tools/export --nologo -v quiet
dotnet run -c Release --project benchmarks/Export.Benchmarks -- "$folder/resnext101_32x16d.pth" resnext101_32x16d

echo "cpu     $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1) × $(nproc)"
echo "sdk     $(dotnet --version)"
echo "commit  $(git rev-parse --short HEAD)"
# A plain sequential read and write of the same file, in the same run: what the disk and the checksum alone cost.
start=$(date +%s.%N)
cp "$folder/resnext101_32x16d.pth" "$folder/copy" && sha256sum "$folder/copy" > "$folder/sum"
echo "floor   $(echo "$(date +%s.%N) - $start" | bc) s for cp and sha256sum of the same bytes"
rm "$folder/copy"
dotnet tools/export/bin/Release/net10.0/export.dll --name bench --checkpoint "$folder/resnext101_32x16d.pth" --store "$folder/store"
