// On paper nothing can be unfolded: what stands folded beside a report is open while it is printed.
let opened = [];

window.addEventListener("beforeprint", () => {
  opened = Array.from(document.querySelectorAll(".fill-aside details:not([open]), details.summed:not([open])"));
  for (const details of opened) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
  opened = [];
});
