"""Mean milliseconds of torchvision's pipeline from file to tensor, on one thread: python3 torchvision_prepare.py FOLDER"""
import io
import pathlib
import sys
import time

import torch
from PIL import Image
from torchvision import transforms

ROUNDS = 3
torch.set_num_threads(1)
prepare = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
files = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]
best = float("inf")
for _ in range(ROUNDS):
    start = time.perf_counter()
    for body in files:
        prepare(Image.open(io.BytesIO(body)).convert("RGB"))
    best = min(best, time.perf_counter() - start)
print(best / len(files) * 1e3)
