"""Writes small image files of odd formats, shapes and damages, and what Pillow 9.4 + torchvision 0.14 make of each.

Usage: /usr/bin/python3 make_imaging_goldens.py   (rewrites the folder imaging/ beside it)
"""
import io
import os
import random
import struct
import zlib

import numpy as np
from PIL import Image, ImageFile

from imaging_oracle import answer
from raw_jpeg import raw_jpeg

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "imaging")
FILES = {}


def picture(width, height, channels=3, seed=1):
    """Smooth colour waves with a little noise: compresses well, yet every pixel differs from its neighbours."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for channel in range(channels):
        wave = np.sin(x / (7.0 + channel) + channel) + np.cos(y / (5.0 + 2 * channel)) + np.sin((x + y) / 11.0)
        planes.append(127 + 40 * wave + rng.integers(-6, 7, (height, width)))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def save(name, image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    FILES[name] = stream.getvalue()
    return FILES[name]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, color, rows, extra=b"", interlace=0, level=9):
    """A PNG from packed rows; Pillow cannot write all depths."""
    data = b"".join(b"\0" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data, level)) + chunk(b"IEND", b""))


def packed(values, depth):
    bits = "".join(format(v, "0%db" % depth) for v in values)
    bits += "0" * (-len(bits) % 8)
    return [int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)]


def shapes():
    for width, height in [(1, 1), (2, 1), (1, 2), (3, 3), (5, 4), (7, 7), (13, 11), (16, 16), (17, 31), (97, 61), (224, 224),
                          (256, 256), (255, 257), (257, 255), (256, 300), (300, 256), (223, 500), (211, 199)]:
        coarse = 48 if width * height > 20000 else 1
        pixels = picture(width, height) // coarse * coarse
        save("shape-%dx%d.png" % (width, height), Image.fromarray(pixels), format="PNG", optimize=True)
    for width, height in [(1, 5000), (5000, 1), (2, 4999), (4999, 3), (1, 65500), (65500, 1)]:
        pixels = picture(width, height, 1)[..., 0] // 16 * 16
        save("shape-%dx%d.png" % (width, height), Image.fromarray(pixels), format="PNG", optimize=True)
    save("shape-1500x1100.jpg", Image.fromarray(picture(1500, 1100) // 32 * 32), format="JPEG", quality=20)
    save("shape-1x3000.jpg", Image.fromarray(picture(1, 3000)), format="JPEG")
    save("shape-3000x2.jpg", Image.fromarray(picture(3000, 2)), format="JPEG")


def pngs():
    rng = random.Random(3)
    for depth in (1, 2, 4):
        rows = [packed([rng.randrange(1 << depth) for _ in range(37)], depth) for _ in range(29)]
        FILES["png-grey%d.png" % depth] = png(37, 29, depth, 0, rows)
        palette = bytes(rng.randrange(256) for _ in range(3 << depth))
        FILES["png-palette%d.png" % depth] = png(37, 29, depth, 3, rows, chunk(b"PLTE", palette))
    wide = [rng.choice([0, 100, 254, 255, 256, 511, 512, 4000, 65535]) for _ in range(40 * 30 * 4)]
    for color, samples, name in [(0, 1, "grey16"), (4, 2, "greyalpha16"), (2, 3, "rgb16"), (6, 4, "rgba16")]:
        rows = [b"".join(struct.pack(">H", v) for v in wide[y * 40 * samples:(y + 1) * 40 * samples]) for y in range(30)]
        FILES["png-%s.png" % name] = png(40, 30, 16, color, rows)
        if samples in (1, 3):
            FILES["png-%s-trns.png" % name] = png(40, 30, 16, color, rows, chunk(b"tRNS", struct.pack(">H", 255) * samples))
    rgb = picture(45, 38)
    rgba = np.dstack([rgb, picture(45, 38, 1, 5)[..., 0] // 128 * 255])
    save("png-rgba.png", Image.fromarray(rgba), format="PNG")
    save("png-greyalpha.png", Image.fromarray(rgba).convert("LA"), format="PNG")
    save("png-grey.png", Image.fromarray(rgb).convert("L"), format="PNG")
    save("png-one-bit.png", Image.fromarray(rgb).convert("1"), format="PNG")
    save("png-palette-trns.png", Image.fromarray(rgb).quantize(50), format="PNG", transparency=3)
    rows = [bytes(row.reshape(-1)) for row in rgb]
    grey = [bytes(row) for row in rgb[..., 0]]
    FILES["png-grey-trns.png"] = png(45, 38, 8, 0, grey, chunk(b"tRNS", struct.pack(">H", rgb[0, 0, 0])))
    FILES["png-rgb-trns.png"] = png(45, 38, 8, 2, rows, chunk(b"tRNS", struct.pack(">HHH", *(int(v) for v in rgb[0, 0]))))
    FILES["png-gamma.png"] = png(45, 38, 8, 2, rows, chunk(b"gAMA", struct.pack(">I", 100000)))
    FILES["png-srgb-chroma.png"] = png(
        45, 38, 8, 2, rows, chunk(b"sRGB", b"\1") + chunk(b"cHRM", struct.pack(">8I", *range(30000, 38000, 1000))))
    FILES["png-bad-profile.png"] = png(45, 38, 8, 2, rows, chunk(b"iCCP", b"x\0\0" + zlib.compress(b"not a profile")))
    FILES["png-interlaced.png"] = interlaced(rgb)
    short = png(45, 38, 8, 3, grey, chunk(b"PLTE", bytes(range(60))))
    FILES["png-palette-too-short.png"] = short


def interlaced(rgb):
    data = b""
    for left, top, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for row in rgb[top::dy, left::dx]:
            data += b"\0" + bytes(row.reshape(-1))
    header = struct.pack(">IIBBBBB", rgb.shape[1], rgb.shape[0], 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def damaged_pngs():
    whole = FILES["shape-97x61.png"]
    FILES["damaged-png-no-end.png"] = whole[:-12]
    FILES["damaged-png-end-cut.png"] = whole[:-5]
    FILES["damaged-png-last-checksum.png"] = whole[:-16] + b"abcd" + whole[-12:]
    FILES["damaged-png-checksum-cut.png"] = whole[:-16]
    FILES["damaged-png-adler-cut.png"] = whole[:-20]
    for part in (3, 10, 50, 90, 99):
        FILES["damaged-png-cut-%d.png" % part] = whole[:len(whole) * part // 100]
    FILES["damaged-png-header-checksum.png"] = whole[:29] + b"abcd" + whole[33:]
    FILES["damaged-png-signature-only.png"] = whole[:8]
    FILES["damaged-png-garbage-after.png"] = whole + b"garbage" * 9
    for place in (60, 400, len(whole) // 2, len(whole) - 40):
        FILES["damaged-png-flip-%d.png" % place] = whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1:]
    FILES["damaged-png-zero-width.png"] = png(0, 5, 8, 2, [b""] * 5)
    FILES["damaged-png-ancillary-checksum.png"] = whole[:33] + struct.pack(">I", 4) + b"gAMA" + b"\0\1\2\3wxyz" + whole[33:]


def jpegs():
    rgb = Image.fromarray(picture(83, 59))
    for name, sampling in [("444", 0), ("422", 1), ("420", 2)]:
        save("jpeg-%s.jpg" % name, rgb, format="JPEG", subsampling=sampling, quality=80)
        save("jpeg-%s-progressive.jpg" % name, rgb, format="JPEG", subsampling=sampling, quality=80, progressive=True)
    save("jpeg-grey.jpg", rgb.convert("L"), format="JPEG")
    save("jpeg-grey-progressive.jpg", rgb.convert("L"), format="JPEG", progressive=True)
    save("jpeg-cmyk.jpg", rgb.convert("CMYK"), format="JPEG")
    for width, height in [(1, 1), (2, 2), (3, 5), (5, 3), (7, 9), (8, 8), (9, 7), (15, 17), (16, 16), (17, 15), (33, 31)]:
        save("jpeg-%dx%d.jpg" % (width, height), Image.fromarray(picture(width, height)), format="JPEG")
    exif = Image.Exif()
    for orientation in (3, 6):
        exif[0x0112] = orientation
        save("jpeg-orientation-%d.jpg" % orientation, rgb, format="JPEG", exif=exif)
    save("jpeg-profile.jpg", rgb, format="JPEG", icc_profile=b"not a profile at all" * 9)
    first = save("jpeg-plain.jpg", rgb, format="JPEG", quality=60)
    FILES["jpeg-second-image-behind.jpg"] = first + save("jpeg-other.jpg", rgb.rotate(180), format="JPEG")
    save("jpeg-mpo.jpg", rgb, format="MPO", save_all=True, append_images=[rgb.rotate(180)])
    kinds = {
        "440": dict(sampling=[(1, 2), (1, 1), (1, 1)]), "411": dict(sampling=[(4, 1), (1, 1), (1, 1)]),
        "410": dict(sampling=[(4, 2), (1, 1), (1, 1)]), "441": dict(sampling=[(1, 4), (1, 1), (1, 1)]),
        "restart": dict(sampling=[(2, 2), (1, 1), (1, 1)], restart=2), "rgb-adobe": dict(sampling=[(1, 1)] * 3, adobe=0),
        "rgb-ids": dict(sampling=[(1, 1)] * 3, ids=b"RGB"), "other-ids": dict(sampling=[(1, 1)] * 3, ids=bytes([5, 9, 12])),
        "cmyk-no-adobe": dict(sampling=[(1, 1)] * 4), "cmyk-adobe": dict(sampling=[(1, 1)] * 4, adobe=0),
        "ycck": dict(sampling=[(1, 1)] * 4, adobe=2), "ycck-420": dict(sampling=[(2, 2), (1, 1), (1, 1), (2, 2)], adobe=2),
        "two-components": dict(sampling=[(1, 1)] * 2), "grey-sampled": dict(sampling=[(2, 2)]),
        "twelve-bit": dict(sampling=[(1, 1)] * 3, precision=12),
        "422-luma-under": dict(sampling=[(1, 1), (2, 1), (2, 1)]), "odd-factors": dict(sampling=[(3, 1), (1, 1), (1, 1)]),
    }
    for name, kind in kinds.items():
        FILES["jpeg-%s.jpg" % name] = raw_jpeg(75, 52, **kind)


def damaged_jpegs():
    rng = random.Random(5)
    for kind in ("420", "444", "420-progressive"):
        whole = FILES["jpeg-%s.jpg" % kind]
        for name, data in [
                ("no-end", whole[:-2]), ("half-end", whole[:-1]), ("two-zeros", whole[:-2] + b"\0\0"),
                ("many-zeros", whole[:-2] + b"\0" * 32),
                ("last-40", whole[:-40]), ("half", whole[:len(whole) // 2]), ("half-with-end", whole[:len(whole) * 2 // 3] + b"\xff\xd9"),
                ("garbage", whole + b"garbage" * 20), ("header-only", whole[:300]), ("start-only", whole[:3]), ("no-start", whole[2:])]:
            FILES["damaged-jpeg-%s-%s.jpg" % (kind, name)] = data
        for i in range(6):
            flipped = bytearray(whole)
            for _ in range(4):
                flipped[rng.randrange(len(whole) // 2, len(whole) - 2)] ^= 1 << rng.randrange(8)
            FILES["damaged-jpeg-%s-flips-%d.jpg" % (kind, i)] = bytes(flipped)


def others():
    rgb = Image.fromarray(picture(61, 47))
    rgba = Image.fromarray(np.dstack([picture(61, 47), picture(61, 47, 1, 9)[..., 0] // 128 * 255]))
    save("webp-lossy.webp", rgb, format="WEBP", quality=70)
    save("webp-lossless.webp", rgb, format="WEBP", lossless=True)
    save("webp-lossless-alpha.webp", rgba, format="WEBP", lossless=True, exact=True)
    save("webp-lossy-alpha.webp", rgba, format="WEBP", quality=60)
    save("webp-animated.webp", rgb, format="WEBP", save_all=True, append_images=[rgb.rotate(180)], duration=50)
    whole = FILES["webp-lossy.webp"]
    FILES["damaged-webp-half.webp"] = whole[:len(whole) // 2]
    FILES["damaged-webp-header.webp"] = whole[:20]
    palette = rgb.quantize(60)
    save("gif-plain.gif", palette, format="GIF")
    save("gif-grey.gif", rgb.convert("L"), format="GIF")
    save("gif-transparent.gif", palette, format="GIF", transparency=7)
    save("gif-interlaced.gif", palette, format="GIF", interlace=1)
    save("gif-not-interlaced.gif", palette, format="GIF", interlace=0)
    save("gif-animated.gif", palette, format="GIF", save_all=True, append_images=[palette.rotate(180), palette.rotate(90)], duration=50)
    save("gif-large.gif", Image.fromarray(picture(200, 150)).quantize(256), format="GIF")
    whole = bytearray(FILES["gif-plain.gif"])
    larger = bytearray(whole)
    larger[6:10] = struct.pack("<HH", 90, 80)
    FILES["gif-frame-smaller-than-canvas.gif"] = bytes(larger)
    larger = bytearray(FILES["gif-transparent.gif"])
    larger[6:10] = struct.pack("<HH", 90, 80)
    FILES["gif-frame-smaller-transparent.gif"] = bytes(larger)
    smaller = bytearray(whole)
    smaller[6:10] = struct.pack("<HH", 20, 10)
    FILES["gif-frame-larger-than-canvas.gif"] = bytes(smaller)
    FILES["damaged-gif-half.gif"] = bytes(whole[:len(whole) // 2])
    FILES["damaged-gif-no-trailer.gif"] = bytes(whole[:-1])
    FILES["damaged-gif-end-cut.gif"] = bytes(whole[:-4])
    FILES["damaged-gif-header.gif"] = bytes(whole[:13])
    FILES["damaged-gif-flip.gif"] = bytes(whole[:len(whole) - 300]) + bytes([whole[-300] ^ 255]) + bytes(whole[-299:])
    for compression in ("raw", "tiff_lzw", "tiff_deflate", "packbits"):
        save("tiff-rgb-%s.tiff" % compression, rgb, format="TIFF", compression=compression)
    save("tiff-rgba.tiff", rgba, format="TIFF", compression="tiff_lzw")
    save("tiff-grey.tiff", rgb.convert("L"), format="TIFF", compression="tiff_lzw")
    save("tiff-one-bit.tiff", rgb.convert("1"), format="TIFF")
    save("tiff-palette.tiff", palette, format="TIFF", compression="tiff_lzw")
    save("tiff-cmyk.tiff", rgb.convert("CMYK"), format="TIFF", compression="tiff_lzw")
    save("tiff-two-pages.tiff", rgb, format="TIFF", compression="tiff_lzw", save_all=True, append_images=[rgb.rotate(180)])
    save("tiff-orientation-3.tiff", rgb, format="TIFF", compression="tiff_lzw", tiffinfo={274: 3})
    save("tiff-orientation-6.tiff", rgb, format="TIFF", compression="tiff_lzw", tiffinfo={274: 6})
    wide = (picture(61, 47, 1)[..., 0].astype(np.uint16) * 3)
    save("tiff-grey16.tiff", Image.fromarray(wide), format="TIFF")
    whole = FILES["tiff-rgb-tiff_lzw.tiff"]
    FILES["damaged-tiff-half.tiff"] = whole[:len(whole) // 2]
    FILES["damaged-tiff-header.tiff"] = whole[:8]


def not_images():
    FILES["other-empty.bin"] = b""
    FILES["other-text.txt"] = b"This is not a picture.\n" * 3
    FILES["other-drawing.svg"] = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>'
    FILES["other-document.pdf"] = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def main():
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for part in (shapes, pngs, damaged_pngs, jpegs, damaged_jpegs, others, not_images):
        part()
    os.makedirs(FOLDER, exist_ok=True)
    for name in os.listdir(FOLDER):
        os.remove(os.path.join(FOLDER, name))
    with open(os.path.join(FOLDER, "expected.tsv"), "w", encoding="ascii") as table:
        for name in sorted(FILES):
            with open(os.path.join(FOLDER, name), "wb") as file:
                file.write(FILES[name])
            table.write("\t".join([name] + answer(FILES[name])) + "\n")


main()
