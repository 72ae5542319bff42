'use strict';
// One process, one session on all cores, sharp for the pixels: the service a competent Node.js developer writes in an afternoon.
//   node server.js STORE MODEL PORT
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const fastify = require('fastify');
const ort = require('onnxruntime-node');
const { prepare } = require('./prepare');
const { readLabels } = require('./labels');
const { topPredictions } = require('./rank');

const [store, model, port] = process.argv.slice(2);
if (!port) {
  console.error('usage: node server.js STORE MODEL PORT');
  process.exit(2);
}

const versions = fs.readdirSync(path.join(store, model)).filter((name) => /^\d+$/.test(name));
const version = versions.sort((a, b) => b - a)[0];
const folder = path.join(store, model, version);

async function main() {
  const labels = readLabels(path.join(folder, 'labels.csv'));
  const session = await ort.InferenceSession.create(path.join(folder, 'model.onnx'), {
    intraOpNumThreads: os.availableParallelism(),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  const run = async (pixels) => (await session.run({ [input]: new ort.Tensor('float32', pixels, [1, 3, 224, 224]) }))[output].data;
  await run(new Float32Array(3 * 224 * 224));

  const app = fastify({ bodyLimit: 32 * 1024 * 1024 });
  app.addContentTypeParser(['image/jpeg', 'image/png', 'image/webp', 'application/octet-stream'], { parseAs: 'buffer' },
    (request, body, done) => done(null, body));
  app.get('/health/ready', async () => ({ status: 'ready' }));
  app.post('/v1/models/:target', async (request, reply) => {
    if (request.params.target !== `${model}:classify`) return reply.code(404).send({ error: 'no such model' });
    const start = performance.now();
    let image;
    try {
      image = await prepare(request.body);
    } catch (failure) {
      return reply.code(422).send({ error: failure.message });
    }
    const prepared = performance.now();
    const logits = await run(image.pixels);
    const ran = performance.now();
    const predictions = topPredictions(logits, Number(request.query.top_k ?? 5), labels);
    reply.header('server-timing',
      `prepare;dur=${(prepared - start).toFixed(3)}, run;dur=${(ran - prepared).toFixed(3)}, batch;desc="1"`);
    return { model, version, results: [{ width: image.width, height: image.height, predictions }] };
  });
  await app.listen({ host: '127.0.0.1', port: Number(port) });
}

main().catch((failure) => {
  console.error(failure);
  process.exitCode = 1;
});
