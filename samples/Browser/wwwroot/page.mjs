import * as ort from './ort/ort.wasm.min.mjs';
import { Batches, Training } from './training.mjs';

ort.env.wasm.wasmPaths = new URL('./ort/', import.meta.url).href;
ort.env.wasm.numThreads = 1;

const element = id => document.getElementById(id);
const bytes = async name => {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`Expected the file ${name}, found status ${response.status}.`);
  return response.arrayBuffer();
};
const status = text => { element('status').value = text; };

const losses = [];

function drawCurve() {
  const canvas = element('curve'), pen = canvas.getContext('2d'), [width, height, edge] = [canvas.width, canvas.height, 30];
  const top = Math.max(...losses, 0.1), x = i => edge + (width - 2 * edge) * i / Math.max(1, losses.length - 1), y = loss => height - edge - (height - 2 * edge) * loss / top;
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = '#666';
  pen.fillText(`loss ${top.toFixed(2)}`, 4, edge - 8);
  pen.fillText('0', 14, height - edge);
  pen.fillText(`step ${losses.length}`, width - 2 * edge, height - 10);
  pen.strokeStyle = '#bbb';
  pen.strokeRect(edge, edge, width - 2 * edge, height - 2 * edge);
  pen.strokeStyle = '#06c';
  pen.lineWidth = 2;
  pen.beginPath();
  losses.forEach((loss, i) => pen.lineTo(x(i), y(loss)));
  pen.stroke();
}

function drawPicture(pixels) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 28;
  const pen = canvas.getContext('2d'), image = pen.createImageData(28, 28);
  pixels.forEach((value, i) => image.data.set([255 - 255 * value, 255 - 255 * value, 255 - 255 * value, 255], 4 * i));
  pen.putImageData(image, 0, 0);
  return canvas;
}

async function showSamples(training, images, labels) {
  const found = await training.classify(images, labels.length);
  const right = found.filter((digit, i) => digit === labels[i]).length;
  element('samples').replaceChildren(...found.slice(0, 16).map((digit, i) => {
    const figure = document.createElement('figure'), caption = document.createElement('figcaption');
    caption.textContent = digit;
    caption.className = digit === labels[i] ? '' : 'wrong';
    figure.append(drawPicture(images.slice(784 * i, 784 * (i + 1))), caption);
    return figure;
  }));
  return right / labels.length;
}

/** The drawing as 28 × 28 numbers, 0 for paper to 1 for ink. */
function readDrawing() {
  const small = document.createElement('canvas');
  small.width = small.height = 28;
  const pen = small.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, 28, 28);
  pen.drawImage(element('drawing'), 0, 0, 28, 28);
  return Float32Array.from({ length: 784 }, (_, i) => 1 - pen.getImageData(0, 0, 28, 28).data[4 * i] / 255);
}

function letDraw(changed) {
  const canvas = element('drawing'), pen = canvas.getContext('2d');
  const clear = () => { pen.fillStyle = '#fff'; pen.fillRect(0, 0, 280, 280); element('digit').textContent = ''; };
  clear();
  pen.lineWidth = 20;
  pen.lineCap = pen.lineJoin = 'round';
  canvas.onpointerdown = event => { pen.beginPath(); pen.moveTo(event.offsetX, event.offsetY); };
  canvas.onpointermove = event => {
    if (event.buttons === 0) return;
    pen.lineTo(event.offsetX, event.offsetY);
    pen.stroke();
  };
  canvas.onpointerup = changed;
  element('clear').onclick = clear;
}

try {
  const [start, step, model, images, labels, testImages, testLabels] = await Promise.all(
    ['start.onnx', 'step.onnx', 'model.onnx', 'images.bin', 'labels.bin', 'test-images.bin', 'test-labels.bin'].map(bytes));
  const training = await Training.load(ort, { start, step, model });
  const batches = new Batches(new Float32Array(images), new Int32Array(labels), 64);
  const [heldOut, truth] = [new Float32Array(testImages), new Int32Array(testLabels)];

  const train = async steps => {
    element('train').disabled = true;
    const begin = performance.now();
    for (let i = 1; i <= steps; i++) {
      losses.push(await training.train(...batches.take()));
      if (i % 10 === 0) {
        drawCurve();
        status(`step ${losses.length}, loss ${losses.at(-1).toFixed(4)}`);
        await new Promise(requestAnimationFrame);
      }
    }
    const rate = 1000 * steps / (performance.now() - begin), accuracy = await showSamples(training, heldOut, truth);
    status(`${losses.length} steps, loss ${losses.at(-1).toFixed(4)}, ${rate.toFixed(0)} steps/s, accuracy ${(100 * accuracy).toFixed(1)} % on ${truth.length} other digits`);
    element('train').disabled = false;
    return { losses, accuracy, rate };
  };

  letDraw(async () => { element('digit').textContent = (await training.classify(readDrawing(), 1))[0]; });
  element('train').onclick = () => train(200);
  status('ready');

  // A check opens the page with the number of steps and waits for what came out.
  const asked = new URLSearchParams(location.search).get('steps');
  if (asked) await fetch('result', { method: 'POST', body: JSON.stringify(await train(Number(asked))) });
} catch (error) {
  status(error.message);
  if (location.search) await fetch('result', { method: 'POST', body: JSON.stringify({ error: error.message }) });
}
