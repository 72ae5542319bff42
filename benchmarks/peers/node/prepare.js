'use strict';
const sharp = require('sharp');

const RESIZE = 256;
const CROP = 224;
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** Decodes, resizes the shorter side to 256, crops the centre 224 x 224, and normalises to planar R, G, B. */
async function prepare(encoded) {
  const picture = sharp(encoded);
  const { width, height } = await picture.metadata();
  const margin = (RESIZE - CROP) / 2;
  const rgb = await picture
    .resize(RESIZE, RESIZE, { fit: 'cover', kernel: 'linear' })
    .extract({ left: margin, top: margin, width: CROP, height: CROP })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
  const plane = CROP * CROP;
  const pixels = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * DEVIATION[channel]);
    const shift = -MEAN[channel] / DEVIATION[channel];
    const start = channel * plane;
    for (let i = 0, from = channel; i < plane; i++, from += 3) pixels[start + i] = rgb[from] * scale + shift;
  }
  return { pixels, width, height };
}

module.exports = { prepare };
