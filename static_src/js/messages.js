// Messages above the page can be closed.
document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-dismiss]");
  if (close) close.closest("[data-message]").remove();
});
