// The wall chart: full screen where the browser can, and printing.
import { matching, onContent } from "./page.js";

onContent((root) => {
  for (const button of matching(root, "[data-fullscreen]")) {
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    });
  }
  for (const button of matching(root, "[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
});
