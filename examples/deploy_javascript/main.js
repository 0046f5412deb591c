// The page: a picture is chosen, and the exits answer one after another until one is sure enough.

import { Network, prepared } from "./early_exit.js";

const [file, shown, answers, error] = ["file", "shown", "answers", "error"].map((id) => document.getElementById(id));

// index.html?export=FOLDER/ ; export/ beside the page otherwise.
const folder = new URL(new URLSearchParams(location.search).get("export") ?? "export/", location);

try {
  const network = await Network.at(folder);
  file.addEventListener("change", () => {
    if (file.files.length) classify(network, file.files[0]).catch(told);
  });
  file.addEventListener("click", () => (file.value = "")); // so that the same picture can be chosen again
  file.disabled = false;
} catch (problem) {
  told(problem);
}

async function classify(network, chosen) {
  file.disabled = true; // one after another
  answers.replaceChildren();
  error.textContent = "";
  try {
    // Colours as they stand in the file, as in training; upright, as the camera says.
    const picture = await createImageBitmap(chosen, { colorSpaceConversion: "none" });
    URL.revokeObjectURL(shown.src);
    shown.src = URL.createObjectURL(chosen);
    const image = prepared(picture, network.preprocessing);
    const start = performance.now();
    for await (const answer of network.exits(image)) {
      row(answer, performance.now() - start);
    }
  } finally {
    file.disabled = false;
  }
}

function row({ exit, class: name, confidence, stops }, ms) {
  const line = answers.insertRow();
  line.className = stops ? "stops" : "";
  for (const cell of [exit, name, `${(100 * confidence).toFixed(3)} %`, ms.toFixed(1)]) {
    line.insertCell().textContent = cell;
  }
}

function told(problem) {
  error.textContent = problem.message;
}
