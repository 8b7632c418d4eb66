// File fields say at once which files are too large or too many; the server decides all the same.
import { icon, make, matching, onContent } from "./page.js";

function sizeWords(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function refusal(file, index, box) {
  if (file.size > Number(box.dataset.limitMb) * 1024 * 1024) return `超过 ${box.dataset.limitMb} MB，请压缩后再选`;
  if (index >= Number(box.dataset.most)) return `超过 ${box.dataset.most} 个`;
  return "";
}

function show(box, input) {
  const list = box.querySelector(".upload-list");
  const problems = [];
  const chosen = Array.from(input.files).map((file, index) => {
    const problem = refusal(file, index, box);
    if (problem) problems.push(`${file.name}：${problem}`);
    const mark = icon(problem ? "x-octagon" : "file-earmark-text");
    return make("li", { class: problem ? "is-refused" : "" }, mark, `${file.name}（${sizeWords(file.size)}）${problem && `　${problem}`}`);
  });
  const lines = chosen.length ? chosen : [make("li", {}, list.dataset.none)];
  list.replaceChildren ? list.replaceChildren(...lines) : ((list.textContent = ""), list.append(...lines));
  input.setCustomValidity(problems.join("；"));
}

onContent((root) => {
  for (const box of matching(root, "[data-upload]")) {
    const input = box.querySelector("input[type=file]");
    input.addEventListener("change", () => show(box, input));
    box.addEventListener("dragover", (event) => {
      event.preventDefault();
      box.classList.add("is-over");
    });
    box.addEventListener("dragleave", () => box.classList.remove("is-over"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      box.classList.remove("is-over");
      input.files = event.dataTransfer.files;
      show(box, input);
    });
  }
});
