// Buttons with data-copy put their text on the clipboard; data-copy-from takes it from an element by id.
import { toast } from "./toasts.js";

function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (refused) {
      return copyBySelection(text);
    }
  }
  return copyBySelection(text);
}

function textOf(button) {
  const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
  return source ? source.value || source.textContent : button.dataset.copy;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const done = await copy(textOf(button));
  if (!done) {
    toast("浏览器不允许复制，请选中文字后按 Ctrl+C。", "warning");
    return;
  }
  const label = button.querySelector("[data-copy-label]") || button;
  const before = label.textContent;
  label.textContent = "已复制";
  toast("已复制，可以粘贴到微信群。");
  window.setTimeout(() => {
    label.textContent = before;
  }, 2500);
});
