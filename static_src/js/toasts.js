// Short messages at the corner of the page; they leave by themselves, errors stay until closed.
import { icon, make } from "./page.js";

const ICONS = { success: "check-circle-fill", info: "info-circle", warning: "exclamation-triangle-fill", danger: "x-octagon" };

export function toast(words, tone = "success", action = null) {
  const region = document.getElementById("toasts");
  if (!region) return null;
  const close = make("button", { class: "btn-close", type: "button", "aria-label": "关闭提示" });
  const body = make("div", {}, words);
  const box = make("div", { class: `message tone-${tone}`, role: tone === "danger" ? "alert" : "status" }, icon(ICONS[tone]), body, close);
  close.addEventListener("click", () => box.remove());
  if (action) {
    const button = make("button", { class: "btn btn-quiet btn-sm ms-2", type: "button" }, action.label);
    button.addEventListener("click", () => {
      box.remove();
      action.run();
    });
    body.append(button);
  }
  region.append(box);
  if (tone !== "danger") window.setTimeout(() => box.remove(), action ? 15000 : 5000);
  return box;
}
