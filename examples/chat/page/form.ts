/** The form, and the ways into a room and out of it. */
export const FORM = /* js */ String.raw`
const ids = Object.fromEntries([...document.querySelectorAll("[id]")].map((found) => [found.id, found]));
const roomPattern = new RegExp(rules.roomPattern, "u");
const log = new Log(ids);
const people = new Map();
let session = null; // { room, link, outbox, me, before, failed } while in a room
let phase = { name: "connecting" };
let unread = 0;

const cleanName = (raw) => raw.normalize("NFC").replace(/\s+/g, " ").trim();
const cleanRoom = (raw) => raw.normalize("NFC").trim().replace(/^#/, "").replace(/\s+/g, "-").toLowerCase();
const isName = (name) => name !== "" && name.length <= rules.maxName;
const isRoom = (room) => room.length <= rules.maxRoom && roomPattern.test(room);

function roomOfAddress() {
  try {
    return cleanRoom(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return "";
  }
}

const rememberedName = () =>
  memory.read("sessionStorage", "name") ?? memory.read("localStorage", "name") ?? "";

function showForm() {
  session?.link.stop();
  session = null;
  ids.chat.hidden = true;
  ids.lobby.hidden = false;
  document.title = "Wirehall chat";
  const room = roomOfAddress() || memory.read("localStorage", "room") || "lobby";
  ids.name.value = rememberedName();
  ids.room.value = room;
  complain(ids.name, ids.nameError, "");
  complain(ids.room, ids.roomError, roomOfAddress() !== "" && !isRoom(room) ? rules.room : "");
  const kept = new Outbox(room).items.length;
  ids.kept.hidden = kept === 0;
  ids.kept.textContent = "Unsent in " + room + ": " + kept + ". Enter the room again to send.";
  (ids.name.value === "" ? ids.name : ids.room).focus();
}

function enter(name, room) {
  session?.link.stop();
  // This tab's name comes back on a reload; the next tab starts from the last name used anywhere.
  memory.write("sessionStorage", "name", name);
  memory.write("localStorage", "name", name);
  memory.write("localStorage", "room", room);
  const address = "#" + encodeURIComponent(room);
  if (location.hash !== address) history.replaceState(null, "", address);
  const url = new URL("/chat/" + encodeURIComponent(room), location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  url.searchParams.set("name", name);
  log.clear();
  people.clear();
  unread = 0;
  phase = { name: "connecting" };
  session = { room, link: null, outbox: new Outbox(room), me: "", before: false, failed: false };
  ids.lobby.hidden = true;
  ids.chat.hidden = false;
  ids.title.textContent = room;
  ids.address.textContent = location.href;
  ids.text.value = memory.read("sessionStorage", "draft." + room) ?? "";
  openPeople(false);
  session.link = new Link(url.href, showPhase, receive);
  showPeople();
  showTitle();
  typed();
  ids.text.focus();
}

/** The address names the room: a link or the Back button leads in, elsewhere, or out. */
function follow() {
  const room = roomOfAddress();
  const name = rememberedName();
  if (!isRoom(room) || !isName(name)) showForm();
  else if (session?.room !== room) enter(name, room);
}

function complain(input, place, words) {
  place.textContent = words;
  place.hidden = words === "";
  if (words === "") input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
}

ids.enter.onsubmit = (event) => {
  event.preventDefault();
  const name = cleanName(ids.name.value);
  const room = cleanRoom(ids.room.value);
  complain(ids.name, ids.nameError, isName(name) ? "" : name === "" ? "Please enter a name." : rules.name);
  complain(ids.room, ids.roomError, isRoom(room) ? "" : room === "" ? "Please enter a room." : rules.room);
  if (!isName(name)) return ids.name.focus();
  if (!isRoom(room)) return ids.room.focus();
  history.pushState(null, "", "#" + encodeURIComponent(room));
  enter(name, room);
};

ids.leave.onclick = () => {
  history.pushState(null, "", location.pathname);
  showForm();
};
addEventListener("popstate", follow);
`;
