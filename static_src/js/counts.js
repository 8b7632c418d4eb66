// Says how many characters are written, where a text has a limit.
document.addEventListener("input", (event) => {
  const place = event.target.id && document.querySelector(`[data-count-for="${CSS.escape(event.target.id)}"]`);
  if (place) place.textContent = event.target.value.length;
});
