// The training of the page without a browser: node node.mjs FOLDER STEPS, where FOLDER holds the exported files. Prints what came out as JSON.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { Batches, Training } from './wwwroot/training.mjs';

const [folder, steps] = process.argv.slice(2);
const bytes = async name => new Uint8Array(await readFile(join(folder, name)));
const numbers = async (name, type) => new type((await bytes(name)).buffer);
ort.env.wasm.numThreads = 1;

const training = await Training.load(ort, { start: await bytes('start.onnx'), step: await bytes('step.onnx'), model: await bytes('model.onnx') });
const batches = new Batches(await numbers('images.bin', Float32Array), await numbers('labels.bin', Int32Array), 64);
const losses = [];
const begin = performance.now();
for (let i = 0; i < Number(steps); i++) losses.push(await training.train(...batches.take()));
const rate = 1000 * losses.length / (performance.now() - begin);
const truth = await numbers('test-labels.bin', Int32Array);
const found = await training.classify(await numbers('test-images.bin', Float32Array), truth.length);
console.log(JSON.stringify({ losses, accuracy: found.filter((digit, i) => digit === truth[i]).length / truth.length, rate }));
