// Early exit with onnxruntime-web on an export of msdl.
//
// A section is fetched when an image first needs it: as long as an early exit is sure, what lies behind it is neither
// computed nor loaded.

import * as ort from "onnxruntime-web";

const FORMAT_VERSION = 1;

export class Network {
  #folder;
  #manifest;
  #policy;
  #sessions = []; // promises, one for each section that was asked for

  // The export in a folder, given by its address, which ends with a slash.
  static async at(folder) {
    const manifest = await (await fetched(new URL("manifest.json", folder))).json();
    if (manifest.format_version !== FORMAT_VERSION || manifest.target !== "onnx")
      throw new Error(`'${folder}' is no ONNX export of format version ${FORMAT_VERSION}.`);
    if (manifest.preprocessing === null) throw new Error(`'${folder}' holds a network that was never trained.`);
    return new Network(folder, manifest);
  }

  constructor(folder, manifest) {
    this.#folder = folder;
    this.#manifest = manifest;
    const names = manifest.exits.map((exit) => exit.name);
    this.#policy = manifest.policy ?? { // without one, all images go to the last exit
      exits: names, thresholds: names.slice(1).map(() => null), temperatures: [], confidence: "max-softmax",
    };
  }

  get preprocessing() {
    return this.#manifest.preprocessing;
  }

  // One answer after another for an image (C, H, W), up to the first that is sure enough. What isn't asked for is not
  // computed.
  async *exits(image) {
    const { channels, height, width } = this.preprocessing;
    const { exits, thresholds, temperatures, confidence } = this.#policy;
    let state = [new ort.Tensor("float32", image, [1, channels, height, width])];
    for (const [k, exit] of exits.entries()) {
      const { inputs, outputs } = this.#manifest.sections[k];
      const session = await this.#session(k);
      const results = await session.run(Object.fromEntries(inputs.map(({ name }, i) => [name, state[i]])));
      const logits = Array.from(results[outputs[0].name].data);
      const sure = CONFIDENCES[confidence](softmax(logits, temperatures[k] ?? 1));
      const stops = k === exits.length - 1 || (thresholds[k] !== null && sure >= thresholds[k]);
      yield { class: this.#manifest.classes[logits.indexOf(Math.max(...logits))], confidence: sure, exit, stops };
      if (stops) return;
      state = outputs.slice(1).map(({ name }) => results[name]);
    }
  }

  #session(k) {
    this.#sessions[k] ??= this.#load(this.#manifest.sections[k]).catch((error) => {
      this.#sessions[k] = undefined; // the next image may find the network back
      throw error;
    });
    return this.#sessions[k];
  }

  async #load({ file, sha256 }) {
    const content = await (await fetched(new URL(file, this.#folder))).arrayBuffer();
    if ((await hash(content)) !== sha256) throw new Error(`'${file}' is not the file that manifest.json describes.`);
    return ort.InferenceSession.create(content, { executionProviders: ["wasm"] });
  }
}

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`'${address}' can't be fetched: ${response.status} ${response.statusText}.`);
  return response;
}

// Browsers offer SHA-256 to pages that come by https or from this machine.
async function hash(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- how sure an exit is: from probabilities to a number from 0 to 1 ----

function softmax(logits, temperature) {
  const largest = Math.max(...logits);
  const powers = logits.map((value) => Math.exp((value - largest) / temperature));
  const sum = powers.reduce((total, value) => total + value);
  return powers.map((value) => value / sum);
}

const CONFIDENCES = {
  "max-softmax": (probabilities) => Math.max(...probabilities),
  margin(probabilities) {
    const [first, second = 0] = probabilities.toSorted((a, b) => b - a);
    return first - second;
  },
  entropy(probabilities) {
    const uncertainty = probabilities.reduce((total, p) => total - (p > 0 ? p * Math.log(p) : 0), 0);
    return Math.min(1, Math.max(0, 1 - uncertainty / Math.log(Math.max(2, probabilities.length))));
  },
};

// ---- images ----

// A picture, such as createImageBitmap gives, as the network reads it: (C, H, W).
export function prepared(picture, preprocessing) {
  const { channels, height, width, scale, mean, std } = preprocessing;
  const pixels = resized(picture, preprocessing);
  const image = new Float32Array(channels * height * width);
  for (let i = 0; i < height * width; i++) {
    const colours = pixels.subarray(4 * i, 4 * i + 4);
    for (let c = 0; c < channels; c++) {
      const value = channels === 1 ? grey(colours) : colours[c];
      image[c * height * width + i] = (value * scale - mean[c]) / std[c];
    }
  }
  return image;
}

// Red, green, blue and opacity of every pixel, 8 bits each. Where the shorter side is given, the centre is cut out of
// the picture; otherwise it is stretched. Browsers don't say how they resize, so that values differ a little from
// those in training; where the picture has the size of the input they don't.
function resized(picture, { channels, height, width, shorter_side: side }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (channels < 4) {
    context.fillStyle = "white"; // what is transparent is seen before white
    context.fillRect(0, 0, width, height);
  }
  const scale = side === null ? null : Math.min(picture.width, picture.height) / side;
  const columns = side === null ? picture.width : width * scale;
  const rows = side === null ? picture.height : height * scale;
  const [left, top] = [(picture.width - columns) / 2, (picture.height - rows) / 2];
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, left, top, columns, rows, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

// ITU-R BT.601, rounded as Pillow does.
function grey([red, green, blue]) {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}
