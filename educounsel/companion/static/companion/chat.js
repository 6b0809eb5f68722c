// The conversation. Rows are the truth: an event brings the blocks that changed since the revision
// before it, and a page that has missed one asks for the whole turn. Every fragment finds its place
// by its id, so what comes twice, or from another device, changes nothing.
import { behaviour } from "../web/js/app.js";

const HEADERS = { "HX-Request": "true" };
const POLL = 3_000;
const STALE = "Halaman ini sudah terlalu lama terbuka, jadi ini belum terkirim. Salin tulisanmu, muat ulang halaman, lalu kirim lagi. Kalau mendesak, jangan menunggu: buka Bantuan di atas.";
const SIGNED_OUT = "Kamu sudah keluar dari akun, jadi ini belum terkirim. Salin tulisanmu, lalu muat ulang halaman untuk masuk lagi. Kalau mendesak, jangan menunggu: buka Bantuan di atas.";
const NOT_SENT = "Belum terkirim, sambungannya terputus. Tulisanmu masih di kotak: coba kirim lagi.";

function start(log) {
  const composer = document.getElementById("composer");
  const { text, key } = { text: composer.elements.text, key: () => composer.elements.key.value };
  let isLive = false;
  let wasLive = false;
  let ticks = 0;
  // Messages whose answer was heard of before the page knew them: a quick answer overtakes them.
  const early = new Set();

  // --- What the student does -------------------------------------------------------------------
  const send = async (event) => {
    const form = event.target;
    event.preventDefault();
    const body = new FormData(form);
    const undo = form === composer ? showAtOnce() : () => {};
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: HEADERS });
      const login = response.headers.get("HX-Redirect");
      if (!response.ok || login) undo();
      if (login) return refuse(SIGNED_OUT);
      if (response.status === 403) return refuse(STALE);
      if (![200, 422, 429].includes(response.status)) throw new Error(response.status);
      const html = await response.text();
      const { id, dataset: { conversation } } = fragment(html).firstElementChild;
      // This one has gone meanwhile and a new one took the words; or earlier words, whose answer was
      // lost, had arrived under the key of these.
      const isUnknown = conversation && (!isHere(conversation) || !document.getElementById(id));
      if (isUnknown) return location.assign(at(log, conversation));
      place(html);
    } catch {
      undo();
      refuse(NOT_SENT);
    } finally {
      form.ariaBusy = null;
    }
  };

  const showAtOnce = () => {
    const words = text.value;
    const turn = document.getElementById("sending").content.firstElementChild.cloneNode(true);
    turn.id = `turn-${key()}`;
    turn.querySelector(".bubble").textContent = words;
    log.append(turn);
    text.value = "";
    refuse("");
    chat.querySelector(".welcome-note").open = false;
    scrollToEnd();
    return () => {
      turn.remove();
      text.value ||= words;
    };
  };

  const refuse = (sentence) => {
    const line = document.createElement("p");
    line.className = "flash warning";
    line.textContent = sentence;
    document.getElementById("refusal").replaceChildren(...(sentence ? [line] : []));
  };

  // Before the shell's own guard, which keeps an offline form from being sent.
  const sayOffline = ({ target }) => {
    if (target === composer && !navigator.onLine) refuse(NOT_SENT);
  };
  const sendByEnter = (event) => {
    const isKeyboard = matchMedia("(pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !isKeyboard) return;
    event.preventDefault();
    composer.requestSubmit();
  };
  const begin = ({ target }) => {
    if (!target.closest("[data-starters] button")) return;
    text.value = target.textContent;
    text.focus();
  };

  // --- What comes ------------------------------------------------------------------------------
  const heed = ({ detail: { message, revision, first, blocks } }) => {
    const turn = log.querySelector(`[data-turn="${message}"]`);
    if (!turn && composer.ariaBusy) return early.add(String(message));
    // Words of an answer that this page does not show: of another conversation, or about to come.
    if (!turn && revision) return;
    const known = Number(turn?.dataset.revision);
    if (revision === known + 1) grow(turn, revision, first, blocks);
    else if (!(revision <= known)) ask(message);
  };

  const grow = (turn, revision, first, blocks) => {
    const words = turn.querySelector("[data-words]");
    const wasAtEnd = isAtEnd();
    while (words.children.length > first) words.lastElementChild.remove();
    for (const html of blocks) words.append(element(`<div>${html}</div>`));
    turn.dataset.revision = revision;
    if (wasAtEnd) follow(log);
  };

  const ask = async (message) => {
    const response = await read(log.dataset.message.replace(/0$/, message));
    // Of a conversation that the student removed: the card may have changed all the same.
    if (response?.status === 404) return askForAll();
    if (response?.html) place(response.html);
  };
  const askForOpen = () => log.querySelectorAll("[data-open]").forEach(({ dataset }) => ask(dataset.turn));

  const askForAll = async () => {
    const response = await read(log.dataset.conversation ? at(log, log.dataset.conversation) : location.href, {});
    if (!response?.html) return;
    const page = new DOMParser().parseFromString(response.html, "text/html");
    for (const part of page.querySelectorAll(".turn[data-turn], #crisis-card")) put(part);
  };

  const place = (html) => {
    const wasAtEnd = isAtEnd();
    const card = document.getElementById("crisis-card").hidden;
    const parts = [...fragment(html).children];
    parts.forEach(put);
    offerToShare();
    for (const { dataset } of parts) if (early.delete(dataset.turn)) ask(dataset.turn);
    if (wasAtEnd) follow(log);
    if (card && !document.getElementById("crisis-card").hidden) document.getElementById("crisis-card").focus();
  };

  const offerToShare = () => {
    const share = chat.querySelector("[data-share]");
    const link = share.querySelector("a");
    share.hidden = !log.querySelector("[data-turn]");
    link.href = at(link, log.dataset.conversation);
  };

  // A page without a conversation takes on the one that begins.
  const isHere = (conversation) => {
    const { dataset } = log;
    if (!dataset.conversation) composer.action = at(composer, dataset.conversation = conversation);
    return dataset.conversation === conversation;
  };

  // The card is the student's, whatever they read; a turn belongs to one conversation.
  const put = (part) => {
    const there = document.getElementById(part.id);
    if (part.dataset.turn && !isHere(part.dataset.conversation)) return;
    if (!there) log.append(part);
    else if (part.dataset.turn) renew(there, part);
    else if (!there.isEqualNode(part)) keepFocus(there, () => { there.replaceWith(part); return part; });
  };

  // What stands there already stays: a screen reader says aloud whatever comes new into the log.
  const renew = (turn, fresh) => {
    const [known, now] = [turn, fresh].map(({ dataset }) => Number(dataset.revision));
    const isSame = known === now && "open" in turn.dataset === "open" in fresh.dataset;
    if (known > now || isSame) return;
    const [mine, ...old] = turn.children;
    keepFocus(turn, () => {
      delete mine.dataset.state;
      delete turn.dataset.open;
      for (const { name, value } of fresh.attributes) turn.setAttribute(name, value);
      old.forEach((part) => part.remove());
      turn.append(...[...fresh.children].slice(1));
      return turn.querySelector("button, a.btn") ?? text;
    });
  };

  const keepFocus = (place, change) => {
    const hadFocus = place.contains(document.activeElement);
    const next = change();
    if (hadFocus) next.focus({ preventScroll: true });
  };

  // --- The connection --------------------------------------------------------------------------
  const onConnected = () => {
    isLive = true;
    if (wasLive) askForAll();
    else askForOpen();
    wasLive = true;
  };
  const onResync = ({ detail }) => setTimeout(askForAll, Math.random() * detail.within);
  const onConnection = ({ detail }) => { isLive = isLive && detail === "up"; };
  // Hints can be lost, and some networks let no socket through.
  const tick = () => {
    ticks += 1;
    if (!isLive || ticks % 7 === 0) askForOpen();
  };

  const chat = log.closest("main");
  const timer = setInterval(tick, POLL);
  const starters = chat.querySelector("[data-starters]");
  if (starters) starters.hidden = false;
  chat.addEventListener("submit", send);
  chat.addEventListener("click", begin);
  text.addEventListener("keydown", sendByEnter);
  addEventListener("submit", sayOffline, { capture: true });
  document.addEventListener("realtime:companion", heed);
  document.addEventListener("realtime:connected", onConnected);
  document.addEventListener("realtime:resync", onResync);
  document.addEventListener("connection", onConnection);
  follow(log);
  return () => {
    clearInterval(timer);
    removeEventListener("submit", sayOffline, { capture: true });
    document.removeEventListener("realtime:companion", heed);
    document.removeEventListener("realtime:connected", onConnected);
    document.removeEventListener("realtime:resync", onResync);
    document.removeEventListener("connection", onConnection);
  };
}

// The network may go before the answer comes, or in the middle of it: then there is nothing to show.
async function read(address, headers = HEADERS) {
  try {
    const response = await fetch(address, { headers });
    const isHere = response.ok && !response.redirected;
    return { status: response.status, html: isHere ? await response.text() : "" };
  } catch {
    return null;
  }
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

const element = (html) => fragment(html).firstElementChild;
// Addresses come from the server, with a 0 where the conversation stands.
const at = ({ dataset: { address } }, conversation) => address.replace(/0(?=\/|$)/, conversation);
const page = document.documentElement;
const isAtEnd = () => page.scrollHeight - scrollY - innerHeight < 160;
const scrollToEnd = () => scrollTo({ top: page.scrollHeight });
// Down to the end, but no further than to where the newest answer begins: a long one is read from
// there. Never up: who has read on stays where they are.
const follow = (log) => {
  const answer = log.lastElementChild?.querySelector(".them");
  if (!answer) return;
  const below = parseFloat(getComputedStyle(page).scrollPaddingBlockStart);
  const beginning = scrollY + answer.getBoundingClientRect().top - below;
  scrollTo({ top: Math.max(scrollY, Math.min(page.scrollHeight, beginning)) });
};

behaviour("#log", start);
