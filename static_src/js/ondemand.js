// Charts and typing areas are loaded only by pages that have them, also where htmx brings them later.
import { matching, onContent } from "./page.js";

const bundles = [
  { selector: "[data-chart]", source: "chartsSrc" },
  { selector: "[data-autosave-url], [data-grid], [data-rows-for], [data-choices-for]", source: "gridSrc" },
];
const loaded = new Set();

onContent((root) => {
  for (const { selector, source } of bundles) {
    if (loaded.has(source) || !matching(root, selector).length) continue;
    loaded.add(source);
    const script = document.createElement("script");
    script.src = document.documentElement.dataset[source];
    document.head.append(script);
  }
});
