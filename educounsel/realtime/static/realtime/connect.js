// The page's one socket, in the words of pusher-js. What comes down is announced on the document as
// `realtime:<event>` and is only a hint: rows are the truth, so whoever listens asks for what it
// missed each time `realtime:connected` is announced.
const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 120_000;
const PATIENCE = 8_000; // for one attempt to connect

function open({ realtimeKey: key, realtimeChannels, realtimeAuth, realtimeUser, realtimeCluster: cluster, hxHeaders }) {
  const headers = JSON.parse(hxHeaders);
  const client = new window.Pusher(key, {
    ...(cluster ? { cluster, forceTLS: true, enabledTransports: ["ws", "wss"] } : whereWeAre()),
    unavailableTimeout: PATIENCE,
    channelAuthorization: { customHandler: askedForTogether(realtimeAuth, headers) },
    userAuthentication: { endpoint: realtimeUser, transport: "ajax", headers },
  });
  client.connection.bind("state_change", tellState);
  stayConnected(client, cluster ? isForGoodAtPusher : isForGood);
  if (cluster) client.signin();
  hear(client, realtimeChannels.split(" "));
}

// The library asks for leave channel by channel; what it asks for in one moment is one request.
function askedForTogether(endpoint, headers) {
  let asked = [];
  const ask = async () => {
    const all = asked;
    asked = [];
    try {
      const auth = await leaveFor(all, endpoint, headers);
      all.forEach(({ channelName, answer }) => answer(null, { auth: auth[channelName] }));
    } catch (error) {
      all.forEach(({ answer }) => answer(error, null));
    }
  };
  return ({ socketId, channelName }, answer) => {
    if (!asked.length) queueMicrotask(ask);
    asked.push({ socketId, channelName, answer });
  };
}

async function leaveFor(asked, endpoint, headers) {
  const body = new URLSearchParams({ socket_id: asked[0].socketId });
  asked.forEach(({ channelName }) => body.append("channel_name", channelName));
  const response = await fetch(endpoint, { method: "post", headers, body });
  if (!response.ok || response.redirected) throw new Error(`realtime: ${response.status}`);
  const { auth, auths } = await response.json();
  return auths ?? { [asked[0].channelName]: auth };
}

function hear(client, channels) {
  const subscriptions = channels.map((channel) => client.subscribe(channel));
  const tellWhenAllHear = () => {
    if (subscriptions.every(({ subscribed }) => subscribed)) announce("realtime:connected");
  };
  for (const subscription of subscriptions) {
    subscription.bind("pusher:subscription_succeeded", tellWhenAllHear);
    subscription.bind_global((name, data) => {
      if (!name.startsWith("pusher:")) announce(`realtime:${name}`, data);
    });
  }
}

// The library comes back after most closes at once, and again at once where nobody answers. Here
// each page waits for a moment of its own, and longer each time: a server that has just started is
// not run over by all pages together.
function stayConnected(client, isOver) {
  let pause = FIRST_PAUSE;
  let timer = null;
  const connect = () => {
    timer = null;
    client.connect();
  };
  const rest = () => {
    if (timer) return;
    client.disconnect();
    timer = setTimeout(connect, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
  const soon = () => setTimeout(rest); // once the library has finished what it is in the middle of
  const hurry = () => {
    if (!timer) return;
    clearTimeout(timer);
    pause = FIRST_PAUSE;
    timer = setTimeout(connect, Math.random() * FIRST_PAUSE);
  };

  client.connection.bind("connected", () => { pause = FIRST_PAUSE; });
  client.connection.bind("connecting_in", soon);
  client.connection.bind("unavailable", soon);
  client.connection.bind("error", ({ error }) => isOver(error?.data?.code) || soon());
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => document.hidden || hurry());
  // A page in the back/forward store would hold its socket, and wake up with a dead one.
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    timer = null;
    client.disconnect();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && client.connect());
}

// By the protocol: after 4000 to 4099, and from 4300 on, a client stays away.
const isForGood = (code) => (code >= 4000 && code < 4100) || code >= 4300;
// Hosted Pusher closes all sockets of a person with 4009, also those whose session still holds.
const isForGoodAtPusher = (code) => code !== 4009 && isForGood(code);

// `cluster` is required by the library and unused when a host is named.
function whereWeAre() {
  const forceTLS = location.protocol === "https:";
  const port = Number(location.port) || (forceTLS ? 443 : 80);
  const enabledTransports = ["ws", "wss"];
  return { cluster: "local", wsHost: location.hostname, wsPort: port, wssPort: port, forceTLS, enabledTransports };
}

function tellState({ previous, current }) {
  if (current === "connected") announce("connection", "up");
  else if (previous === "connected" || current === "unavailable") announce("connection", "down");
}

// The page first: the library is a quarter of what it weighs, and nothing on it waits for the socket.
const pageIsDone = new Promise((done) => {
  if (document.readyState === "complete") done();
  else addEventListener("load", done, { once: true });
});

const { dataset } = document.body;
if (dataset.realtimeKey) {
  await pageIsDone;
  await import("../vendor/pusher/pusher.min.js");
  open({ ...dataset, hxHeaders: document.body.getAttribute("hx-headers") });
}
