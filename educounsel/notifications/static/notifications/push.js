// Lets this browser be woken up with the page closed: asked for by a tap on our own words, never on
// load. A refusal is the browser's to remember; we say how to change it and do not ask again.
const AGREED = "educounsel:push"; // who said yes on this device: a new session of theirs goes on

const says = {
  off: "",
  on: "Menyala di perangkat ini.",
  denied: "Peramban ini menolak notifikasi dari EduCounsel. Untuk mengubahnya, buka pengaturan situs di peramban.",
  dismissed: "Belum diizinkan. Tidak apa-apa: kabar tetap ada di daftar notifikasi.",
  failed: "Belum berhasil. Periksa sambungan, lalu coba lagi.",
  unable: "Peramban ini belum bisa memberi kabar saat tertutup. Kabar tetap ada di daftar notifikasi; coba Chrome, Firefox, atau Edge.",
  install: "Di iPhone dan iPad, pasang dulu EduCounsel ke layar utama, lalu buka dari sana.",
};

function start(section) {
  const { pushKey: key, person, subscribe, unsubscribe } = section.dataset;
  const [on, off] = [section.querySelector("[data-turn-on]"), section.querySelector("[data-turn-off]")];

  const show = (state) => {
    section.querySelector("[data-says]").textContent = says[state];
    on.hidden = ["on", "denied", "unable", "install"].includes(state);
    off.hidden = state !== "on";
    section.hidden = false;
  };

  const turnOn = async () => {
    const answer = await Notification.requestPermission();
    if (answer !== "granted") return show(answer === "denied" ? "denied" : "dismissed");
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    await tellServer(subscribe, subscription);
    localStorage.setItem(AGREED, person);
    show("on");
  };

  const turnOff = async () => {
    const subscription = await current();
    localStorage.removeItem(AGREED);
    if (subscription) {
      await tellServer(unsubscribe, subscription);
      await subscription.unsubscribe();
    }
    show("off");
  };

  // Signed in again, or with a new password: who agreed here before need not tap again.
  const look = async () => {
    const subscription = await current();
    const agreed = localStorage.getItem(AGREED) === person && Notification.permission === "granted";
    if (!agreed || !subscription) return show(Notification.permission === "denied" ? "denied" : "off");
    await tellServer(subscribe, subscription);
    show("on");
  };

  const orSay = (act) => () => act().catch(() => show("failed"));
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show(isApple() ? "install" : "unable");
  on.addEventListener("click", orSay(turnOn));
  off.addEventListener("click", orSay(turnOff));
  orSay(look)();
}

// There only an app on the home screen may be woken. An iPad says it is a Mac, but has fingers.
const isApple = () => /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

export async function keep(person, address) {
  if (localStorage.getItem(AGREED) !== person || Notification.permission !== "granted") return;
  const subscription = await current();
  if (subscription) await tellServer(address, subscription);
}

const current = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription();

async function tellServer(address, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const response = await fetch(address, { method: "post", headers, body: new URLSearchParams({ endpoint, ...keys }) });
  if (!response.ok || response.redirected) throw new Error(`push: ${response.status}`);
}

function bytes(base64url) {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const section = document.querySelector("[data-push-key]");
if (section) start(section);
