// The page's one socket, in the words of pusher-js. Events are hints; rows are the truth: whoever
// listens asks for what it missed each time `connected` is announced.

const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}");

function open({ realtimeKey, realtimeChannel, realtimeAuth }) {
  const secure = location.protocol === "https:";
  const port = Number(location.port) || (secure ? 443 : 80);
  const client = new window.Pusher(realtimeKey, {
    cluster: "local",
    wsHost: location.hostname,
    wsPort: port,
    wssPort: port,
    forceTLS: secure,
    enabledTransports: ["ws", "wss"],
    channelAuthorization: { endpoint: realtimeAuth, transport: "ajax", headers: csrf() },
  });
  client.connection.bind("state_change", ({ current }) => announce("realtime:state", { state: current }));
  const channel = client.subscribe(realtimeChannel);
  channel.bind("pusher:subscription_succeeded", () => announce("realtime:connected"));
  channel.bind_global((name, data) => {
    if (!name.startsWith("pusher:")) announce(`realtime:${name}`, data);
  });
}

if (document.body.dataset.realtimeKey && window.Pusher) open(document.body.dataset);
