"""Pillow + torchvision as the oracle of image preprocessing.

As a program: reads file names from standard input and prints one line per file:
name, accepted|refused, width, height, SHA-256 of the 3 x 224 x 224 bytes before normalising, SHA-256 of the float tensor.
"""
import hashlib
import io
import sys
import warnings

import torch
from PIL import Image
from torchvision import transforms

warnings.simplefilter("ignore")
torch.set_num_threads(1)
CROPPED = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
TENSOR = transforms.Compose(
    [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


def answer(encoded):
    """The five fields of one file."""
    try:
        image = Image.open(io.BytesIO(encoded))
        width, height = image.size
        cropped = CROPPED(image.convert("RGB"))
    except Exception as error:  # Pillow raises a dozen kinds for damaged files
        return ["refused", "0", "0", "-", type(error).__name__]
    # GIF frames may widen the canvas, TIFF orientation swaps it: the size after loading counts.
    width, height = image.size
    tensor = TENSOR(cropped).numpy()
    planes = bytes(torch.from_numpy(__import__("numpy").array(cropped)).permute(2, 0, 1).contiguous().numpy())
    return ["accepted", str(width), str(height), hashlib.sha256(planes).hexdigest(), hashlib.sha256(tensor.tobytes()).hexdigest()]


if __name__ == "__main__":
    for line in sys.stdin:
        name = line.rstrip("\n")
        with open(name, "rb") as file:
            print("\t".join([name] + answer(file.read())), flush=True)
