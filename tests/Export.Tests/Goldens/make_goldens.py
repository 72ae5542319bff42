"""Logits of PyTorch for networks whose weights come from a formula that C# computes too (FormulaWeights.cs).

    python3 make_goldens.py FOLDER [ARCHITECTURE...]

writes FOLDER/<architecture>.logits.f32: little-endian float32 [6, 1000]; row 0 is image 0 alone (batch 1), rows 1 to 5 are
images 0 to 4 in one batch. Made with PyTorch 1.13.0, torchvision 0.14.1, NumPy 1.24.2 on a CPU.
"""

import sys

import numpy as np
import torch
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

ARCHITECTURES = {
    "resnet18": (BasicBlock, [2, 2, 2, 2], 1, 64),
    "resnet50": (Bottleneck, [3, 4, 6, 3], 1, 64),
    "resnext50_32x4d": (Bottleneck, [3, 4, 6, 3], 32, 4),
    "resnext101_32x4d": (Bottleneck, [3, 4, 23, 3], 32, 4),
    "resnext101_32x8d": (Bottleneck, [3, 4, 23, 3], 32, 8),
    "resnext101_32x16d": (Bottleneck, [3, 4, 23, 3], 32, 16),
}


def uniform(name, count):
    """count numbers of [-1, 1) with 24 bits each, exact in float32: FNV-1a of the name, then a murmur3 finaliser per element."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float32) * np.float32(2 / (1 << 24)) - np.float32(1)


def weights(name, shape):
    """centre + spread * uniform, each operation rounded to float32 once."""
    count = int(np.prod(shape))
    if len(shape) > 1:
        centre, spread = 0.0, np.sqrt(6.0 / (count // shape[0]))
    elif name.endswith("running_var"):
        centre, spread = 1.0, 0.5
    elif name.endswith("weight"):
        centre, spread = 0.5, 0.2
    else:
        centre, spread = 0.0, 0.2
    values = np.float32(centre) + np.float32(spread) * uniform(name, count)
    return torch.from_numpy(values.reshape(shape))


def images(count):
    """Coarse blocks of 56 pixels, so that images differ after pooling, and fine noise."""
    fine = uniform("input", count * 3 * 224 * 224).reshape(count, 3, 224, 224)
    coarse = uniform("input.coarse", count * 3 * 4 * 4).reshape(count, 3, 4, 4)
    coarse = coarse.repeat(56, axis=2).repeat(56, axis=3)
    return torch.from_numpy(np.float32(0.5) * fine + np.float32(1.5) * coarse)


def network(name):
    block, blocks, groups, width = ARCHITECTURES[name]
    with torch.no_grad():
        model = ResNet(block, blocks, groups=groups, width_per_group=width)
        state = {key: weights(key, value.shape) for key, value in model.state_dict().items() if value.dim() > 0}
        model.load_state_dict(state, strict=False)
    return model.eval()


def main(folder, names):
    for name in names or ARCHITECTURES:
        model = network(name)
        with torch.no_grad():
            logits = torch.cat([model(images(5)[:1]), model(images(5))]).numpy()
        assert np.isfinite(logits).all()
        logits.astype("<f4").tofile(f"{folder}/{name}.logits.f32")
        print(f"{name}: max abs {np.abs(logits).max():.3f}, spread between images {logits[1:].std(axis=0).mean():.3f}, "
              f"top-1 {logits.argmax(axis=1).tolist()}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
