"use strict";

// Our page around simcord's: asks every second and a half how things stand, and shows it.

const LOOK_AGAIN = 1500;
const NARROW = "(max-width: 46rem)";
const MARKS = { channel: "#", private: "#", thread: "↳", post: "↳", forum: "☰" };

const part = (id) => document.getElementById(id);
const element = (name, properties = {}, ...inside) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
};

let state = null;
let shown = "";
let asking = 0;

async function ask(path, body) {
  const order = ++asking;
  const options = body === undefined
    ? {}
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(`/sandbox/${path}`, { cache: "no-store", ...options });
    if (!answer.headers.get("Content-Type")?.includes("json")) throw new Error(await answer.text());
    const told = await answer.json();
    // An answer that a later question has overtaken would put back what is past.
    if (order === asking) show(told);
  } catch {
    if (order === asking) notice("The sandbox does not answer. If it was stopped, start it again and reload this page.");
  }
}

function show(told) {
  state = told;
  showPeople();
  showChannels();
  showTime();
  if (told.doing === "skip") notice("Time is passing…");
  else if (told.doing === "restart") notice("The bot is starting again…");
  else notice(told.trouble);
  if (told.view && told.view !== shown) {
    shown = told.view;
    part("view").src = told.view;
  }
}

function notice(words) {
  const place = part("notice-words");
  if (place.textContent !== words) place.textContent = words;
  part("notice").hidden = !words;
  part("stop").hidden = state?.doing !== "skip";
}

// Each part is drawn anew only when it changed, so that the keyboard's place is never lost.
const drawn = new Map();
function changed(name, value) {
  const text = JSON.stringify(value);
  if (drawn.get(name) === text) return false;
  drawn.set(name, text);
  return true;
}

function showPeople() {
  const { people, waiting, person } = state;
  if (!changed("people", [people, waiting, person])) return;
  const menu = part("person");
  menu.replaceChildren(...people.map((each) => element("option", {
    value: each.key,
    textContent: `${each.name}${waiting[each.key] && each.key !== person ? " ● new" : ""} – ${each.about.split(".")[0].split(",")[0]}`,
    selected: each.key === person,
  })));
  part("about").textContent = people.find((each) => each.key === person).about;
}

function showChannels() {
  const { shelves, channel } = state;
  if (!changed("channels", [shelves, channel])) return;
  const focused = document.activeElement?.dataset?.channel;
  part("channels").replaceChildren(...shelves.flatMap((shelf) => [
    element("h2", { textContent: shelf.name }),
    element("ul", {}, ...shelf.channels.map(line)),
  ]));
  if (focused) document.querySelector(`[data-channel="${focused}"]`)?.focus();
}

function line(each) {
  const mark = element("span", { className: "mark", textContent: MARKS[each.kind] || "" });
  mark.setAttribute("aria-hidden", "true");
  const name = element("span", { className: "name", textContent: each.name });
  if (!each.opens) return element("li", {}, element("span", { className: "shelf quiet" }, mark, " ", name));
  const button = element("button", { type: "button" }, mark, name);
  button.dataset.channel = each.channel;
  if (each.kind === "private") button.append(element("span", { className: "quiet", textContent: "private" }));
  if (each.new) button.append(element("span", { className: "new", textContent: "new" }));
  if (each.channel === state.channel) button.setAttribute("aria-current", "page");
  button.addEventListener("click", () => look({ channel: each.channel }));
  return element("li", { className: ["thread", "post"].includes(each.kind) ? "under" : "" }, button);
}

function showTime() {
  const now = new Date(state.now);
  const words = new Intl.DateTimeFormat("en-GB", {
    weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: state.zone,
  }).format(now);
  if (part("now").textContent !== words) part("now").textContent = words;
  part("now").dateTime = state.now;
  if (changed("skips", state.skips)) {
    part("skips").replaceChildren(...Object.entries(state.skips).map(([name, seconds]) => {
      const button = element("button", { type: "button", textContent: name.replace("minutes", "min") });
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => ask("skip", { seconds }));
      return button;
    }));
  }
  for (const button of [...part("skips").children, part("restart")]) button.disabled = Boolean(state.doing);
}

function look(where) {
  // The window is about to be shut; its page would only find nobody there.
  part("view").src = "about:blank";
  shown = "";
  ask("look", where);
  if (window.matchMedia(NARROW).matches) document.querySelector(".stage").scrollIntoView();
}

part("person").addEventListener("change", (event) => look({ person: event.target.value }));
part("stop").addEventListener("click", () => ask("stop", {}));
part("restart").addEventListener("click", () => ask("restart", {}));

// A link to a message, pressed inside: stay here and show it.
window.addEventListener("message", (event) => {
  if (event.origin !== window.location.origin || !event.data?.channel) return;
  look({ channel: String(event.data.channel), message: String(event.data.message || "") });
});

if (window.matchMedia(NARROW).matches) {
  for (const fold of document.querySelectorAll("details.fold")) fold.open = false;
}

async function again() {
  if (!document.hidden) await ask("state");
  setTimeout(again, LOOK_AGAIN);
}
again();
