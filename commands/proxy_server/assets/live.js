// Shows the requests through the proxy on one axis of time.  All that a peer says is put in as text.
const most = 1000; // rows kept
const phases = { held: "held up", name: "name", connect: "connect", tls: "TLS", send: "send", wait: "wait", receive: "receive" };
const zooms = { "10 s": 10, "1 min": 60, "All": 0 };

const $ = id => document.getElementById(id);
const [list, reader, query, ticks] = ["list", "reader", "query", "ticks"].map($);
const rows = new Map(); // by id
let base = 0;    // of the axis: what its numbers count from, in seconds
let ahead = 0;   // the proxy's clock of ours
let frozen = 0;  // the time at which it was paused
let late = null; // what comes while load() waits
let span = 10, fresh = true, open = "";

const el = (tag, props, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props))
    if (name in node) node[name] = value; else node.setAttribute(name, value);
  node.append(...children.filter(child => child));
  return node;
};
const text = (tag, content, props = {}) => el(tag, { textContent: content, ...props });
const put = (node, name, value) => node.style.setProperty(name, value);

const ask = async (url, how) => {
  const answer = await fetch(url, how);
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
};
const size = n => n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1048576).toFixed(1)} MiB`;
const ms = n => n < 100 ? n.toFixed(1) : n.toFixed(0);
// With microseconds, which Date.parse() drops.
const seconds = time => Date.parse(time) / 1000 + Number(time.slice(23, 26)) / 1e6;
const now = () => (frozen || Date.now() / 1000 + ahead) - base;

// -- a request

const isBad = ({ state, cause, status }) => state === "ended" && (cause || status >= 400 || !status);
const parts = request => Object.keys(phases).map(name => [name, request.phases[name + "_ms"]])
  .filter(([, time]) => time !== null);

const bar = request => {
  const node = el("i", { className: "bar " + request.state });
  put(node, "--b", seconds(request.time) - base);
  if (request.state !== "ended") return node;
  put(node, "--d", request.time_ms / 1000);
  node.title = parts(request).map(([name, time]) => `${phases[name]} ${ms(time)} ms`).join(", ");
  for (const [name, time] of parts(request)) {
    const part = el("b", { className: name });
    put(part, "flex-grow", time);
    node.append(part);
  }
  return node;
};

const cells = request => {
  const ended = request.state === "ended";
  return [
    text("time", request.time.slice(11, 23), { dateTime: request.time }),
    text("span", request.client, { className: "client" }),
    text("span", request.method),
    text("span", request.url.replace(/^http:\/\//, ""), { title: request.url }),
    text("span", request.status || (ended ? "-" : "…"), { className: "status" }),
    text("span", ended ? size(request.sent_bytes) : "", { className: "size" }),
    text("span", ended ? ms(request.time_ms) : ""),
    text("span", request.server, { className: "server" }),
    text("span", request.connection, { className: "way" }),
    el("span", { className: "track" }, bar(request)),
    (request.cause || request.injected) && el("span", { className: "cause" },
      text("em", request.cause), request.injected && text("small", ` injected: ${request.injected}`))].filter(Boolean);
};

const words = ["client", "method", "url", "status", "server", "connection", "cause", "injected"];
const judge = entry => { entry.row.hidden = !entry.text.includes(query.value.trim().toLowerCase()); };

const keep = request => {
  const { id } = request;
  if (!rows.size) base = seconds(request.time);
  const entry = rows.get(id) || { row: place(id) };
  rows.set(id, Object.assign(entry, { request, text: words.map(word => request[word]).join(" ").toLowerCase() }));
  entry.row.className = `${request.state}${isBad(request) ? " failed" : ""}`;
  entry.row.firstChild.replaceChildren(...cells(request));
  judge(entry);
  while (rows.size > most) forget(Number(list.lastChild.dataset.id));
  fresh = true;
};
// Nearly always on top: requests come in their order.
const place = id => {
  const row = el("li", {}, el("a", { href: "#" + id }));
  row.dataset.id = id;
  let next = list.firstChild;
  while (next && Number(next.dataset.id) > id) next = next.nextSibling;
  return list.insertBefore(row, next);
};
const forget = id => {
  rows.get(id)?.row.remove();
  rows.delete(id);
};

const mark = () => {
  $("empty").hidden = rows.size > 0;
  $("none").hidden = !rows.size || [...rows.values()].some(entry => !entry.row.hidden);
  $("axis").hidden = !rows.size;
  for (const row of list.children) row.firstChild.ariaCurrent = row.dataset.id === open ? "true" : null;
};
const count = (under, top) => {
  $("counts").replaceChildren(text("strong", under), " under way now, most at once ", text("strong", top));
  document.title = (Number(under) ? `(${under}) ` : "") + "Proxy";
};

// -- the axis

const step = width => {
  const rough = width / 5, ten = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map(each => each * ten).find(each => each >= rough);
};
const label = time => time < 1 ? `−${+(time * 1000).toPrecision(3)} ms`
  : time < 120 ? `−${+time.toFixed(1)} s` : `−${+(time / 60).toFixed(1)} min`;

// The rows know when they are on a line of numbers, the list which part of the line is shown: a
// step of time changes the list alone.
const draw = () => {
  const shown = [...rows.values()].filter(entry => !entry.row.hidden).map(entry => entry.request);
  const running = shown.some(request => request.state !== "ended");
  if (!fresh && (frozen || !running)) return;
  fresh = false;
  if (!shown.length) return mark();
  const begins = shown.map(request => seconds(request.time) - base);
  const ends = shown.map((request, i) => begins[i] + request.time_ms / 1000);
  const end = running ? now() : Math.max(...ends);
  const width = span || Math.max(0.001, end - Math.min(...begins));
  const shape = { s: end - width, w: width, n: end, t: step(width) };
  for (const name in shape) put(list.parentNode, "--" + name, shape[name]);
  ticks.replaceChildren();
  for (let time = step(width); time < width * 0.97; time += step(width)) {
    ticks.append(text("small", label(time)));
    put(ticks.lastChild, "right", `${time / width * 100}%`);
  }
  mark();
};
const redraw = () => { fresh = true; draw(); };
const zoom = name => {
  span = zooms[name];
  for (const button of $("zoom").children) button.ariaPressed = button.textContent === name;
  redraw();
};

// -- one in detail

const rfc = source => {
  const [, number, section] = /^RFC (\d+)(?: §([\w.]+))?/.exec(source) || [];
  const anchor = section && (/^\d/.test(section) ? "#section-" : "#appendix-") + section;
  return number ? text("a", source, { href: `https://www.rfc-editor.org/rfc/rfc${number}${anchor || ""}`, target: "_blank" }) : source;
};
const because = (why, source) => why && el("p", { className: "why" }, why, source && " ", source && rfc(source));
const side = value => value === null ? text("td", "") : el("td", {}, text("code", value));

const headTable = (head, before, after) => (head.line_before || head.line_after) && el("table", { className: "heads" },
  el("thead", {}, el("tr", {}, text("th", ""), text("th", before), text("th", after))),
  el("tbody", {},
    el("tr", { className: head.line_before === head.line_after ? "same" : "changed" }, text("td", ""),
      side(head.line_before), el("td", {}, text("code", head.line_after), because(head.why, head.source))),
    ...head.fields.map(field => {
      const shown = value => value === null ? null : `${field.name}: ${value}`;
      const row = el("tr", { className: field.change, title: field.meaning },
        el("td", {}), side(shown(field.before)), side(shown(field.after)));
      if (field.why) row.lastChild.append(because(field.why, field.source));
      return row;
    })));

const timeTable = request => el("table", { className: "times" }, el("tbody", {},
  ...parts(request).map(([name, time]) => {
    const part = el("b", { className: name });
    put(part, "width", `${time / Math.max(request.time_ms, 0.001) * 100}%`);
    return el("tr", {}, text("th", phases[name], { scope: "row" }), text("td", ms(time) + " ms"), el("td", {}, part));
  })));

const show = request => {
  const facts = {
    Client: `${request.client}, its connection number ${request.client_connection}`,
    Server: request.server && `${request.server}, ${request.connection === "kept" ? "over a connection that was kept" : "over a new connection"}`,
    Bytes: `${request.sent_bytes} to the client, ${request.received_bytes} from it`,
    Cause: request.cause && request.cause + (request.error && ` (${request.error})`),
    "On purpose": request.injected,
  };
  reader.replaceChildren(
    text("button", "Close", { type: "button", className: "close", title: "Esc" }),
    text("h2", `${request.method} ${request.url}`),
    el("dl", { className: "meta" }, ...Object.entries(facts).filter(([, fact]) => fact)
      .flatMap(([name, fact]) => [text("dt", name), text("dd", fact)])),
    request.state === "ended" ? timeTable(request) : text("p", "still under way"),
    headTable(request.request, "Request, from the client", "to the server"),
    headTable(request.response, "Response, from the server", "to the client"));
};

const route = async () => {
  const before = open, id = open = location.hash.slice(1);
  reader.hidden = !id;
  mark();
  const row = rows.get(Number(id || before))?.row;
  row?.scrollIntoView({ block: "nearest" });
  if (!id) return row?.firstChild.focus();
  try {
    const request = await (await ask("api/requests/" + encodeURIComponent(id))).json();
    if (id === open) show(request);
  } catch (error) {
    if (id === open) reader.replaceChildren(text("p", error.message));
  }
};

// -- what happens

const hear = request => {
  if (late) return late.push(request);
  if (request.state === "ended" || rows.get(request.id)?.request.state !== "ended") keep(request);
  if (String(request.id) === open) route();
};
const load = async () => {
  const mine = late = [];
  const answer = await ask("api/requests").catch(() => null);
  const requests = await answer?.json();
  if (late === mine) late = null;
  if (!requests || late) return;
  const got = name => answer.headers.get(name);
  ahead = seconds(got("X-Time")) - Date.now() / 1000;
  if (Math.abs(ahead) < 0.5) ahead = 0;  // the way of the answer, rather than another clock
  const ids = new Set(requests.map(request => request.id));
  for (const id of [...rows.keys()]) if (!ids.has(id)) forget(id);
  requests.reverse().forEach(keep);
  mine.forEach(hear);
  count(got("X-Under-Way"), got("X-Most-At-Once"));
  const at = (got("X-Proxy") || "127.0.0.1:8888").replace(/^(0\.0\.0\.0|\[::\])/, location.hostname);
  $("try").textContent = `for i in $(seq 10); do\n  curl -s -x http://${at} http://example.com/ > /dev/null &\ndone; wait`;
  redraw();
};
let timer;
const reload = () => { timer ??= setTimeout(() => { timer = undefined; if (!frozen) load(); }, 300); };

const listen = () => {
  const events = new EventSource("api/events");
  const on = (name, act) => events.addEventListener(name, event => frozen || act(JSON.parse(event.data)));
  const live = state => { $("live").textContent = $("live").className = state; };
  for (const name of ["begun", "opened", "ended"]) on(name, hear);
  on("counts", counts => count(counts.under_way, counts.most_at_once));
  on("cleared", () => load());
  on("missed", reload);
  events.onopen = () => { live("live"); load(); };
  events.onerror = () => {
    live("offline");
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
};

// -- hands

const move = by => {
  const shown = [...list.children].filter(row => !row.hidden);
  const here = document.activeElement.closest("#list li") || rows.get(Number(open))?.row;
  const row = shown[Math.max(0, Math.min(shown.length - 1, shown.indexOf(here) + by))];
  row?.firstChild.focus();
  if (open && row) location.hash = row.dataset.id;
};
const pause = () => {
  frozen = frozen ? 0 : now() + base;
  $("pause").textContent = frozen ? "Go on" : "Pause";
  $("pause").ariaPressed = frozen > 0;
  if (!frozen) load();
};
const filter = () => { rows.forEach(judge); redraw(); };
const down = () => move(1), up = () => move(-1), close = () => { location.hash = ""; };
const keys = { j: down, ArrowDown: down, k: up, ArrowUp: up, Escape: close, p: pause,
  "/": () => query.focus(), "?": () => $("keys").showModal() };
Object.keys(zooms).forEach((name, i) => { keys[i + 1] = () => zoom(name); });
onkeydown = event => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (target === query && key === "Escape") { query.value = ""; query.blur(); filter(); }
  else if (target === query && key !== "ArrowDown") return;
  else if (keys[key]) keys[key]();
  else return;
  event.preventDefault();
};
query.oninput = filter;
$("find").onsubmit = event => { event.preventDefault(); down(); };
$("pause").onclick = pause;
$("clear").onclick = () => ask("api/requests", { method: "DELETE" }).catch(reload);
$("ask").onclick = keys["?"];
$("keys").onclick = () => $("keys").close();
reader.onclick = ({ target }) => { if (target.className === "close") close(); };
onhashchange = route;

$("zoom").append(...Object.keys(zooms).map(name => text("button", name, { type: "button", onclick: () => zoom(name) })));
$("legend").append(...Object.entries({ under: "under way", tunnel: "open tunnel", ...phases })
  .map(([name, word]) => el("span", {}, el("b", { className: name }), word)));
zoom("10 s");
setInterval(draw, 100);
listen();
route();
