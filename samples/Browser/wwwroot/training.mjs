// Trains an exported step with any ONNX Runtime for JavaScript, in a browser or under Node: the files are the same.

/** The three files as sessions, and the state that goes from step to step. */
export class Training {
  static async load(ort, files) {
    const open = bytes => ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    const [start, step, model] = [await open(files.start), await open(files.step), await open(files.model)];
    return new Training(ort, step, model, await start.run({}));
  }

  constructor(ort, step, model, state) {
    Object.assign(this, { ort, step, model, state });
  }

  /** One step: the state goes in beside the batch, and each NAME_out is the NAME of the next step. Gives the loss. */
  async train(images, labels) {
    const count = labels.length;
    const results = await this.step.run({
      input: new this.ort.Tensor('float32', images, [count, images.length / count]),
      target: new this.ort.Tensor('int32', labels, [count]),
      ...this.state,
    });
    for (const name of Object.keys(this.state)) {
      this.state[name].dispose();
      this.state[name] = results[`${name}_out`];
    }
    return results.loss.data[0];
  }

  /** The class of each picture, by the model with the present weights. */
  async classify(images, count) {
    const feeds = { input: new this.ort.Tensor('float32', images, [count, images.length / count]) };
    for (const name of this.model.inputNames.filter(name => name in this.state)) feeds[name] = this.state[name];
    const logits = (await this.model.run(feeds))[this.model.outputNames[0]].data;
    const classes = logits.length / count;
    return Array.from({ length: count }, (_, i) => {
      const row = logits.slice(i * classes, (i + 1) * classes);
      return row.indexOf(Math.max(...row));
    });
  }
}

/** Batches one after the other, from the beginning again at the end. */
export class Batches {
  constructor(images, labels, size) {
    Object.assign(this, { images, labels, size, width: images.length / labels.length, next: 0 });
  }

  take() {
    const [from, to] = [this.next, this.next + this.size];
    this.next = to + this.size <= this.labels.length ? to : 0;
    return [this.images.slice(from * this.width, to * this.width), this.labels.slice(from, to)];
  }
}
