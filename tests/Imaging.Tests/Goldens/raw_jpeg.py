"""A baseline JPEG writer for sampling factors, markers and component counts that Pillow cannot write.

The coefficients are drawn at random, so no transform is needed; what matters is how a decoder upsamples and converts them.
"""
import random
import struct

# Huffman tables with codes of equal length (8 bits), so that a code is simply an index: DC sizes 0-11, and the AC symbols used.
DC_SYMBOLS = bytes(range(12))
AC_SYMBOLS = bytes([0x00, 0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x13, 0x21, 0x22, 0x31, 0x41])


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def huffman(table, symbols):
    return segment(0xC4, bytes([table]) + bytes([0] * 7 + [len(symbols)] + [0] * 8) + symbols)


class Bits:
    def __init__(self):
        self.bits = []

    def put(self, value, count):
        self.bits.extend((value >> i) & 1 for i in reversed(range(count)))

    def coefficient(self, value, size):
        self.put(value if value >= 0 else value + (1 << size) - 1, size)

    def flush(self):
        self.bits.extend([1] * (-len(self.bits) % 8))
        out = bytearray()
        for i in range(0, len(self.bits), 8):
            byte = int("".join(map(str, self.bits[i:i + 8])), 2)
            out.append(byte)
            if byte == 0xFF:
                out.append(0)
        self.bits = []
        return bytes(out)


def block(bits, rng, state, component):
    target = rng.randrange(-60, 61)
    difference = target - state[component]
    state[component] = target
    size = abs(difference).bit_length()
    bits.put(DC_SYMBOLS.index(size), 8)
    bits.coefficient(difference, size)
    position = 1
    for _ in range(rng.randrange(5)):
        run, size = rng.randrange(3), rng.choice([1, 1, 2])
        symbol = run << 4 | size
        if symbol not in AC_SYMBOLS:
            continue
        position += run + 1
        bits.put(AC_SYMBOLS.index(symbol), 8)
        magnitude = rng.randrange(1 << (size - 1), 1 << size)
        bits.coefficient(rng.choice([-magnitude, magnitude]), size)
    bits.put(AC_SYMBOLS.index(0), 8)


def raw_jpeg(width, height, sampling, adobe=None, ids=None, restart=0, precision=8, seed=7):
    """A JPEG with the given (horizontal, vertical) sampling factors per component and random content."""
    rng = random.Random(seed)
    ids = ids or bytes(range(1, len(sampling) + 1))
    out = b"\xff\xd8"
    if adobe is not None:
        out += segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, adobe))
    out += segment(0xDB, b"\0" + bytes([12] + [9] * 63))
    frame = struct.pack(">BHHB", precision, height, width, len(sampling))
    out += segment(0xC0, frame + b"".join(bytes([i, h << 4 | v, 0]) for i, (h, v) in zip(ids, sampling)))
    out += huffman(0x00, DC_SYMBOLS) + huffman(0x10, AC_SYMBOLS)
    if restart:
        out += segment(0xDD, struct.pack(">H", restart))
    out += segment(0xDA, bytes([len(sampling)]) + b"".join(bytes([i, 0]) for i in ids) + b"\0\x3f\0")
    high, tall = max(h for h, _ in sampling), max(v for _, v in sampling)
    if len(sampling) == 1:
        sampling, high, tall = [(1, 1)], 1, 1
    units = -(-width // (8 * high)) * -(-height // (8 * tall))
    bits, state = Bits(), [0] * len(sampling)
    for unit in range(units):
        if restart and unit and unit % restart == 0:
            out += bits.flush() + bytes([0xFF, 0xD0 + (unit // restart - 1) % 8])
            state = [0] * len(sampling)
        for component, (h, v) in enumerate(sampling):
            for _ in range(h * v):
                block(bits, rng, state, component)
    return out + bits.flush() + b"\xff\xd9"
