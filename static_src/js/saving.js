// The seam between the page and what saves by itself: who submits waits until nothing is unsaved.
import { toast } from "./toasts.js";

const savers = () => (window.kexieSavers = window.kexieSavers || []);

/** A saver offers `flush()`, a promise of how many cells could not be saved. */
export function registerSaver(saver) {
  savers().push(saver);
}

const isOnItsWay = () => document.querySelector("[data-autosave-url]:not([data-ready])") !== null;

/** Hold a submission until every cell is saved; true when it was held. */
export function flushBefore(event, form) {
  if (isOnItsWay()) {
    event.preventDefault();
    toast("页面还没有全部载入，填写的内容尚未保存，请稍候再提交。", "danger");
    return true;
  }
  if (!savers().length || form.dataset.flushed) return false;
  event.preventDefault();
  const submitter = event.submitter;
  Promise.all(savers().map((saver) => saver.flush())).then((left) => {
    const unsaved = left.reduce((sum, count) => sum + count, 0);
    if (unsaved) {
      toast(`还有 ${unsaved} 格没有保存成功，请先处理标红的格子或检查网络，再提交。`, "danger");
      const dialog = form.closest("dialog");
      if (dialog && dialog.open) dialog.close();
      return;
    }
    form.dataset.flushed = "yes";
    // With nothing to save this runs before the held submission has ended, and a browser ignores a second one inside it.
    window.setTimeout(() => (form.requestSubmit ? form.requestSubmit(submitter || undefined) : form.submit()));
  });
  return true;
}
