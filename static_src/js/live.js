// A part that htmx asks for again and again ([data-live]): while no answer comes, the page says for how long its figures
// have not been looked after, in place of a message at every try.
import { matching, onContent } from "./page.js";

let lostAt = null;

export function isLive(event) {
  return event.detail.requestConfig.elt.hasAttribute("data-live");
}

function lostWords() {
  const minutes = Math.floor((Date.now() - lostAt) / 60000);
  return minutes ? `连接已中断${minutes}分钟` : "连接刚刚中断";
}

function show(root) {
  for (const sign of matching(root, "[data-live-lost]")) {
    sign.hidden = lostAt === null;
    const words = lostAt === null ? "" : `${lostWords()}，下面是中断前的数据；正在自动重连，不用操作。`;
    const place = sign.querySelector("[data-live-words]");
    if (place.textContent !== words) place.textContent = words;
  }
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (!isLive(event)) return;
  if (event.detail.successful) lostAt = null;
  else if (lostAt === null) lostAt = Date.now();
  show(document.body);
});

onContent(show);
