// Links that lead back where one came from; without scripts they lead home.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-back]");
  if (!link || !document.referrer.startsWith(window.location.origin)) return;
  event.preventDefault();
  window.location.assign(document.referrer);
});
