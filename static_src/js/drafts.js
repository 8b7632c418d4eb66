// A form that keeps what is being typed on the device, so that a lost line or a closed page loses nothing.
const PREFIX = "kexie:draft:";

function fieldsOf(form) {
  return Array.from(form.elements).filter(
    (field) => field.name && !["hidden", "file", "submit", "button"].includes(field.type) && field.name !== "name",
  );
}

function read(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio") {
      if (field.checked && field.value) values[field.name] = field.value;
    } else if (field.type === "checkbox") values[field.name] = field.checked;
    else if (field.multiple) values[field.name] = Array.from(field.selectedOptions, (option) => option.value);
    else values[field.name] = field.value;
  }
  return values;
}

function write(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = value;
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
  }
}

function stored(key) {
  try {
    return JSON.parse(window.localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

function forget(key) {
  window.localStorage.removeItem(PREFIX + key);
}

function tell(form, text, action) {
  const note = form.querySelector("[data-draft-note]");
  if (!note) return;
  note.textContent = text;
  note.hidden = false;
  if (!action) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-quiet";
  button.textContent = action.label;
  button.addEventListener("click", action.run);
  note.append(" ", button);
}

function attach(form) {
  const key = form.dataset.draft;
  const draft = stored(key);
  const isFresh = !form.querySelector(".is-invalid") && !window.location.search;
  if (draft && isFresh) {
    write(form, draft.values);
    tell(form, "已恢复上次没有提交的内容。", {
      label: "清除",
      run: () => {
        forget(key);
        window.location.reload();
      },
    });
  }
  form.addEventListener("input", () => {
    window.localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values: read(form) }));
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    tell(form, "现在没有网络。填写的内容已存在本机，恢复网络后打开本页再提交，不会丢失。");
  });
}

for (const done of document.querySelectorAll("[data-draft-done]")) forget(done.dataset.draftDone);
for (const form of document.querySelectorAll("form[data-draft]")) attach(form);
