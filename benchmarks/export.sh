#!/usr/bin/env bash
# Writes a 777 MB resnext101_32x16d checkpoint of random weights the way the published ones were written (PyTorch's format before 1.6),
# exports it, and prints the seconds and the peak resident memory of the conversion (before the closing ONNX Runtime check, which needs
# the whole model in memory). Needs Debian's python3-torch and python3-torchvision. Targets: 20 s and 600 MB; stretch 10 s and 300 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
checkpoint=$folder/resnext101_32x16d.pth

dotnet build -c Release tools/export --nologo -v quiet
/usr/bin/python3 - "$checkpoint" <<'P'
import sys
import torch
from torchvision.models.resnet import Bottleneck, ResNet
torch.manual_seed(1)
network = ResNet(Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=16)
torch.save(network.state_dict(), sys.argv[1], _use_new_zipfile_serialization=False)
P

echo "size    $(stat -c %s "$checkpoint") bytes"
echo "cpu     $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1) × $(nproc)"
echo "sdk     $(dotnet --version)"
echo "commit  $(git rev-parse --short HEAD)"
# A plain sequential read and write of the same file, in the same run: what the disk and the checksum alone cost.
start=$(date +%s.%N)
cp "$checkpoint" "$folder/copy" && sha256sum "$folder/copy" > "$folder/sum"
echo "floor   $(echo "$(date +%s.%N) - $start" | bc) s for cp and sha256sum of the same bytes"
rm "$folder/copy"
dotnet tools/export/bin/Release/net10.0/export.dll --name bench --checkpoint "$checkpoint" --store "$folder/store"
