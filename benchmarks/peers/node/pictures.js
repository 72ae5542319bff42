'use strict';
// Stand-ins where no photographs are at hand: seeded JPEGs of 500 x 375 and about 110 KB, smooth shapes under noise.
//   node pictures.js FOLDER COUNT
const fs = require('node:fs');
const path = require('node:path');
const sharp = require('sharp');

const [folder, count] = process.argv.slice(2);
const WIDTH = 500;
const HEIGHT = 375;
const NOISE = 70;

/** Mulberry32: 32 bits of state are plenty for pictures. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function write(number) {
  const next = random(number);
  const waves = Array.from({ length: 9 }, () => 0.01 + 0.05 * next());
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      for (let c = 0; c < 3; c++, at++) {
        const shape = Math.sin(x * waves[c]) + Math.cos(y * waves[c + 3]) + Math.sin((x + y) * waves[c + 6]);
        pixels[at] = Math.max(0, Math.min(255, 128 + 30 * shape + NOISE * (next() - 0.5)));
      }
    }
  }
  const image = sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).jpeg({ quality: 92 });
  await image.toFile(path.join(folder, `generated-${String(number).padStart(3, '0')}.jpg`));
}

(async () => {
  fs.mkdirSync(folder, { recursive: true });
  for (let number = 0; number < Number(count); number++) await write(number);
})();
