"""torchvision's evaluation pipeline over a folder of photographs; one round per input line, prints its seconds."""
import io
import os
import sys
import time

import torch
from PIL import Image
from torchvision import transforms

torch.set_num_threads(1)
torch.set_grad_enabled(False)
PIPELINE = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])


def main():
    folder = sys.argv[1]
    files = []
    for name in sorted(os.listdir(folder)):
        if name.lower().endswith((".jpeg", ".jpg")):
            with open(os.path.join(folder, name), "rb") as file:
                files.append(file.read())
    for _ in sys.stdin:
        start = time.perf_counter()
        for encoded in files:
            PIPELINE(Image.open(io.BytesIO(encoded)).convert("RGB"))
        print(time.perf_counter() - start, flush=True)


main()
