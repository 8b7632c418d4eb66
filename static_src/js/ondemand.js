// Charts and typing areas are loaded only by pages that have them, also where htmx brings them later.
import { matching, onContent } from "./page.js";

const bundles = [
  { selector: "[data-chart]", source: "chartsSrc" },
  { selector: "[data-autosave-url], [data-grid], [data-rows-for], [data-choices-for]", source: "gridSrc" },
];
const loaded = new Set();
const RETRY = 4000;

function load(source) {
  const script = document.createElement("script");
  script.src = document.documentElement.dataset[source];
  script.addEventListener("error", () => {
    script.remove();
    for (const words of document.querySelectorAll("[data-autosave-url]:not([data-ready]) [data-autosave-words]")) {
      words.textContent = "网络不畅，暂时不能自动保存，正在重试，请勿关闭页面";
    }
    window.setTimeout(() => load(source), RETRY);
  });
  document.head.append(script);
}

onContent((root) => {
  for (const { selector, source } of bundles) {
    if (loaded.has(source) || !matching(root, selector).length) continue;
    loaded.add(source);
    load(source);
  }
});
