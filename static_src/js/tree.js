// Branches open and close; htmx fetches the children the first time.
document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-tree-toggle]");
  if (!toggle) return;
  const opens = toggle.getAttribute("aria-expanded") !== "true";
  toggle.setAttribute("aria-expanded", String(opens));
  toggle.setAttribute("aria-label", toggle.getAttribute("aria-label").replace(/^(展开|收起)/, opens ? "收起" : "展开"));
  toggle.closest("li").querySelector(".tree-children").hidden = !opens;
});
