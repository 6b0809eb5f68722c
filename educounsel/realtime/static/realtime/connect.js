// The page's one socket, in the words of pusher-js. What comes down is announced on the document as
// `realtime:<event>` and is only a hint: rows are the truth, so whoever listens asks for what it
// missed each time `realtime:connected` is announced.
const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function open({ realtimeKey: key, realtimeChannels: channels, realtimeAuth: endpoint, hxHeaders }) {
  const client = new window.Pusher(key, {
    ...whereWeAre(),
    channelAuthorization: { endpoint, transport: "ajax", headers: JSON.parse(hxHeaders) },
  });
  client.connection.bind("state_change", tellState);
  const subscriptions = channels.split(" ").map((channel) => client.subscribe(channel));
  const tellWhenAllHear = () => {
    if (subscriptions.every(({ subscribed }) => subscribed)) announce("realtime:connected");
  };
  for (const subscription of subscriptions) {
    subscription.bind("pusher:subscription_succeeded", tellWhenAllHear);
    subscription.bind_global((name, data) => {
      if (!name.startsWith("pusher:")) announce(`realtime:${name}`, data);
    });
  }
  // A page in the back/forward store would hold its socket, and wake up with a dead one.
  addEventListener("pagehide", () => client.disconnect());
  addEventListener("pageshow", ({ persisted }) => persisted && client.connect());
}

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

const { dataset } = document.body;
if (dataset.realtimeKey && window.Pusher) {
  open({ ...dataset, hxHeaders: document.body.getAttribute("hx-headers") });
}
