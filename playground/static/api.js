/** Talks to the playground server: plain calls, the event stream, and the knowledge whether anything is under way. */

let inFlight = 0;
let streamOpen = false;
let lastStir = 0;
let source = null;

const UNREACHABLE = { ok: false, error: "unreachable", say: "The playground server does not answer. Is it still running?" };

/** Mark the page as busy until the returned function is called (once). */
export function hold() {
  let held = true;
  inFlight += 1;
  return () => {
    if (held) inFlight -= 1;
    held = false;
    lastStir = performance.now();
  };
}

async function request(path, options) {
  const release = hold();
  try {
    const reply = await fetch(path, options);
    return await reply.json();
  } catch {
    return UNREACHABLE;
  } finally {
    release();
  }
}

/** GET with query parameters; the reply always carries `ok`, also when the server is gone. */
export function get(path, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== undefined && value !== null));
  return request(`${path}?${query}`, { headers: { Accept: "application/json" } });
}

/** POST a JSON body; the reply always carries `ok`, also when the server is gone. */
export function post(path, body) {
  return request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** Upload one file as a person; the reply carries it as Slack would describe it. */
export function upload(user, file) {
  return request(`/ui/upload?${new URLSearchParams({ user, name: file.name })}`, { method: "POST", body: file });
}

/** Listen as one person; `onopen` runs at every (re)connection, because events may have been missed before it. */
export function listen(user, { onevent, onopen, ondown }) {
  source?.close();
  streamOpen = false;
  const stream = new EventSource(`/ui/events?${new URLSearchParams({ user })}`);
  source = stream;
  stream.onopen = () => {
    if (source !== stream) return;
    streamOpen = true;
    lastStir = performance.now();
    onopen();
  };
  stream.onerror = () => {
    if (source !== stream) return;
    streamOpen = false;
    ondown();
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => source === stream && listen(user, { onevent, onopen, ondown }), 1000);
  };
  stream.onmessage = ({ data }) => {
    if (source !== stream) return;
    lastStir = performance.now();
    onevent(JSON.parse(data));
  };
}

/** The sentence to show for a reply that is not ok. */
export function trouble(reply, fallback = "That did not work.") {
  return reply.say ?? (reply.error ? `${fallback} (${reply.error})` : fallback);
}

const SETTLE_MS = 60;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolve when no request is in flight, the event stream is open and nothing has stirred for a moment. */
window.__idle = async () => {
  while (inFlight > 0 || !streamOpen || performance.now() - lastStir < SETTLE_MS) await pause(15);
  return true;
};
