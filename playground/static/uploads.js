/** The file input of a form: files are uploaded as they are chosen, as Slack does. */

import { trouble, upload } from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { size } from "./files.js";
import { marks } from "./marks.js";
import { state } from "./state.js";

const MOST_FILES = 10;

export function fileElement(element, place) {
  const { surface, blockId } = place;
  const most = element.max_files ?? MOST_FILES;
  const kinds = (element.filetypes ?? []).map((kind) => `.${kind}`);
  const list = h("ul", { class: "chosen-files" });
  const note = h("p", { class: "trouble", role: "alert", hidden: true });
  const chosen = () => surface.values.of(blockId, element).files;
  const input = h("input", { type: "file", class: "file-field", multiple: most > 1, accept: kinds.join(",") || null, ...marks(element, place), onchange: () => take([...input.files]) });

  function say(sentence) {
    note.textContent = sentence;
    note.hidden = !sentence;
  }

  function set(files) {
    surface.values.set(blockId, element, { files });
    list.replaceChildren(...files.map((file) => h("li", {}, icon("file"), h("span", {}, `${file.name} · ${size(file.size)}`), iconButton("close", `Remove ${file.name}`, () => set(chosen().filter(({ id }) => id !== file.id))))));
  }

  async function take(files) {
    say("");
    input.value = "";
    if (chosen().length + files.length > most) return say(`No more than ${most} ${most === 1 ? "file" : "files"} can be chosen.`);
    const wrong = kinds.length ? files.find(({ name }) => !kinds.some((kind) => name.toLowerCase().endsWith(kind))) : undefined;
    if (wrong) return say(`${wrong.name} is not one of ${kinds.join(", ")}.`);
    for (const file of files) {
      const reply = await upload(state.me, file);
      if (!reply.ok) return say(trouble(reply, `${file.name} was not uploaded.`));
      set([...chosen(), reply.file]);
    }
    return undefined;
  }

  set(chosen());
  return h("div", { class: "field-box upload" }, h("label", { class: "button" }, icon("upload"), most > 1 ? "Choose files" : "Choose a file", input), list, note);
}
