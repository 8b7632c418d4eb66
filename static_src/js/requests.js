// htmx answers that are not the happy way: refusals, an expired session, a lost network.
import htmx from "htmx.org/dist/htmx.js";
import { isLive } from "./live.js";
import { meta } from "./page.js";
import { toast } from "./toasts.js";

const REFUSED = [403, 409, 413, 422, 429];

function isSignInPage(xhr) {
  const signIn = meta("sign-in");
  return Boolean(signIn && xhr.responseURL && new URL(xhr.responseURL).pathname === signIn);
}

window.htmx = htmx;

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = meta("csrf-token");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (isSignInPage(xhr)) {
    event.detail.shouldSwap = false;
    window.location.reload();
    return;
  }
  if (!REFUSED.includes(xhr.status)) return;
  const region = document.getElementById("page-problems");
  if (region && !/<html/i.test(xhr.responseText)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = region;
    event.detail.swapOverride = "innerHTML";
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "page-problems") return;
  const problems = event.detail.target.querySelector("[data-problems]");
  if (problems) {
    problems.scrollIntoView({ block: "center" });
    problems.focus({ preventScroll: true });
  }
});

document.addEventListener("htmx:responseError", (event) => {
  if (isLive(event)) return;
  const { status } = event.detail.xhr;
  toast(status === 403 ? "没有权限，或页面已失效，请刷新后再试。" : `操作没有完成（${status}），请稍后再试。`, "danger");
});

document.addEventListener("htmx:sendError", (event) => {
  if (!isLive(event)) toast("网络中断，操作没有送达，请检查网络后再试。", "danger");
});
