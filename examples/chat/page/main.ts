/** What happens in a room, and what the keys do. */
export const MAIN = /* js */ String.raw`
// --- What the room says

function receive(event) {
  if (event.type === "welcome") welcome(event);
  else if (event.type === "join") join(event);
  else if (event.type === "leave") leave(event);
  else if (event.type === "message") message(event);
  else if (event.type === "error") refused(event);
}

function welcome({ id, here }) {
  session.me = id;
  people.clear();
  for (const person of here) people.set(person.id, person.name);
  if (session.before) {
    log.note(["You are back. Messages sent while you were away are not shown."], Date.now());
  }
  session.before = true;
  for (const item of session.outbox.items) if (item.error === "") post(item);
}

function join({ who, at }) {
  people.set(who.id, who.name);
  log.note([element("bdi", {}, who.name), " joined"], at);
  showPeople();
}

function leave({ who, at }) {
  people.delete(who.id);
  log.note([element("bdi", {}, who.name), " left"], at);
  showPeople();
}

function message(event) {
  const sentHere = session.outbox.remove(event.id);
  log.settled(event.id);
  const mine = sentHere || event.from.id === session.me;
  if (log.message(event, mine) && !mine && document.hidden) {
    unread += 1;
    showTitle();
  }
}

function refused({ id, error }) {
  const item = session.outbox.refuse(id, error);
  if (item) showWaiting(item);
  hint("Your message was not sent: " + error, true);
}

// --- What is written

const length = () => ids.text.value.trim().length;

function post(item) {
  session.link.send({ type: "message", id: item.id, text: item.text });
}

function showWaiting(item) {
  log.waiting(item, phase.name === "online", () => {
    session.outbox.remove(item.id);
    log.settled(item.id);
    ids.text.value = [item.text, ids.text.value].filter((text) => text.trim() !== "").join("\n");
    typed();
    ids.text.focus();
  });
}

function typed() {
  memory.write("sessionStorage", "draft." + session.room, ids.text.value);
  ids.text.style.height = "auto";
  ids.text.style.height = ids.text.scrollHeight + 2 + "px";
  const left = rules.maxText - length();
  if (left < 0) hint("Too long by " + -left + (left === -1 ? " character." : " characters."), true);
  else if (left <= 200) hint(left + (left === 1 ? " character left." : " characters left."), false);
  else hint("", false);
}

function hint(words, bad) {
  ids.textHint.textContent = words;
  ids.textHint.classList.toggle("error", bad);
}

ids.text.oninput = typed;
ids.text.onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  ids.composer.requestSubmit();
};
ids.composer.onsubmit = (event) => {
  event.preventDefault();
  ids.text.focus();
  if (length() === 0 || length() > rules.maxText) return;
  if (session.outbox.full) {
    hint("Too many messages wait to be sent. Yours stays here until there is room.", true);
    return;
  }
  const item = session.outbox.add(ids.text.value.trim());
  ids.text.value = "";
  typed();
  log.toBottom();
  showWaiting(item);
  post(item);
};
addEventListener("beforeunload", (event) => {
  if (session?.outbox.items.length > 0) event.preventDefault();
});

// --- What is shown around it

const PHASES = {
  connecting: "Connecting…",
  online: "Connected",
  waiting: "Reconnecting",
  offline: "Offline",
};
const KEPT = "What you write is kept and sent once the connection is back.";

/** Only what changed, so that nothing is read aloud twice. */
function write(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

function showPhase(now) {
  if (session === null) return;
  phase = now;
  if (now.name !== "connecting") session.failed = now.name === "waiting";
  const offline = now.name !== "online" && !navigator.onLine;
  ids.pill.dataset.phase = offline ? "offline" : now.name;
  ids.pillText.textContent = PHASES[ids.pill.dataset.phase];
  ids.chat.classList.toggle("away", now.name !== "online");
  const lost = session.before ? "Connection lost." : "No connection yet.";
  const title = offline ? "You are offline." : lost;
  ids.banner.hidden = !session.failed;
  write(ids.bannerTitle, title);
  countDown();
  if (now.name === "online") write(ids.status, "Connected to room " + session.room + ".");
  else if (session.failed) write(ids.status, title + " " + KEPT);
  for (const item of session.outbox.items) showWaiting(item);
  showPeople();
}

function countDown() {
  if (ids.banner.hidden) return;
  const seconds = Math.ceil((phase.until - Date.now()) / 1000);
  const when =
    phase.name === "waiting" && seconds > 0 ? "Trying again in " + seconds + " s." : "Trying to connect…";
  write(ids.bannerText, when + " " + KEPT);
}

setInterval(countDown, 500);
addEventListener("online", () => showPhase(phase));
addEventListener("offline", () => showPhase(phase));

ids.retry.onclick = () => {
  ids.text.focus();
  session.link.connect();
};

function showPeople() {
  const away = phase.name !== "online";
  const count = people.size;
  const sorted = [...people].sort(
    ([a, nameA], [b, nameB]) =>
      Number(b === session.me) - Number(a === session.me) || nameA.localeCompare(nameB),
  );
  ids.peopleList.replaceChildren(
    ...sorted.map(([id, name]) => {
      const you = id === session.me ? [element("span", { className: "you" }, "you")] : [];
      return element("li", {}, avatar(name), element("bdi", {}, name), ...you);
    }),
  );
  ids.peopleTitle.textContent = away ? "Who was here" : "Here now: " + count;
  ids.peopleToggle.textContent = away ? "People" : count + " here";
}

function openPeople(open) {
  ids.peopleToggle.setAttribute("aria-expanded", String(open));
  ids.people.classList.toggle("open", open);
}

ids.peopleToggle.onclick = () => openPeople(ids.peopleToggle.getAttribute("aria-expanded") !== "true");

function showTitle() {
  document.title = (unread > 0 ? "(" + unread + ") " : "") + session.room + " – Wirehall chat";
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || session === null) return;
  unread = 0;
  showTitle();
});

// Escape goes back to where one writes.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || session === null) return;
  const wasOpen = ids.people.classList.contains("open");
  openPeople(false);
  (wasOpen ? ids.peopleToggle : ids.text).focus();
});

follow();
`;
