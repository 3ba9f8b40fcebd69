// Shows what the mail server has stored.  All that a mail says is put in as text.
const page = 100; // asked for at a time
const most = 1000; // rows kept
const grace = 5000; // ms to change one's mind
const longest = 1048576; // bytes of a shown source

const $ = id => document.getElementById(id);
const [list, reader, query, toast] = ["list", "reader", "query", "toast"].map($);
const wide = matchMedia("(min-width: 56rem)");
const unread = new Set();
const doomed = new Map();  // to timers
let total = 0, open = "", chosen = "", mail = null;
let late = [];  // has come since load() began

const el = (tag, props, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props))
    if (name in node) node[name] = value; else node.setAttribute(name, value);
  node.append(...children.filter(child => child));
  return node;
};
const text = (tag, content, props = {}) => el(tag, { textContent: content, ...props });
const link = (href, name, props) => text("a", name, { href, ...props });

const api = (id, rest = "") => "api/mails/" + encodeURIComponent(id) + rest;
const ask = async (url, how) => {
  const answer = await fetch(url, how);
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
};
const size = n => n < 1024 ? n + " bytes"
  : n < 1048576 ? (n / 1024).toFixed(1) + " KiB" : (n / 1048576).toFixed(1) + " MiB";
const clock = time => time.toLocaleString([],
  time.toDateString() === new Date().toDateString() ? { timeStyle: "short" } : { dateStyle: "medium" });
const people = mail => mail.to.join(", ");

// -- the list

const rows = () => [...list.children].filter(row => !row.hidden);
const rowOf = id => [...list.children].find(row => row.dataset.id === id);
const go = row => {
  location.hash = row?.firstElementChild.hash || "";
  row?.firstElementChild.focus();
};

const makeRow = mail => {
  const row = el("li", { hidden: doomed.has(mail.id) }, el("a", { href: "#" + encodeURIComponent(mail.id) },
    text("span", mail.from || "<>", { className: "from" }),
    text("time", clock(new Date(mail.received)), { dateTime: mail.received }),
    text("span", mail.subject || "(no subject)", { className: "subject" }),
    el("span", { className: "marks" },
      mail.defects.length && text("span", "!", { className: "bad", title: mail.defects.join("\n") }),
      mail.attachments.length && text("span", mail.attachments.length, { className: "clip" })),
    text("span", "to " + people(mail), { className: "to" })));
  row.dataset.id = mail.id;
  return row;
};

const mark = () => {
  for (const row of list.children) {
    row.classList.toggle("unread", unread.has(row.dataset.id));
    row.firstElementChild.ariaCurrent = row.dataset.id === open ? "true" : null;
  }
  $("count").textContent = total || "";
  $("empty").hidden = total > 0;
  $("none").hidden = !total || rows().length > 0;
  $("clear").hidden = !total;
  document.title = (unread.size ? `(${unread.size}) ` : "") + "Inbox";
};

const load = async (before = "") => {
  const wanted = query.value;
  late = [];
  const answer = await ask("api/mails?" + new URLSearchParams({ limit: page, query: wanted, before }));
  const mails = await answer.json();
  if (wanted !== query.value) return;
  total = Number(answer.headers.get("X-Total-Count"));
  if (!before) list.replaceChildren();
  list.append(...mails.map(makeRow));
  if (!wanted) late.forEach(add);
  $("older").hidden = mails.length < page || list.children.length >= most;
  mark();
};
const reload = () => load().catch(() => {});

let timer;
const soon = () => { clearTimeout(timer); timer = setTimeout(reload, 150); };

const add = mail => {
  if (rowOf(mail.id)) return;
  const row = makeRow(mail);
  row.className = "fresh";
  list.prepend(row);
  if (list.children[most]) list.lastChild.remove();
  total += 1;
};
const arrive = mail => {
  unread.add(mail.id);
  late = [...late.slice(1 - most), mail];
  if (query.value) return soon();
  add(mail);
  mark();
};
const vanish = id => {
  if (!id || id === open) go();
  if (!id) { unread.clear(); return reload(); }
  unread.delete(id);
  late = late.filter(mail => mail.id !== id);
  rowOf(id)?.remove();
  total -= 1;
  mark();
};

// -- a message

const rfc = source => {
  const [, number, section] = /^RFC (\d+)(?: §([\d.]+))?/.exec(source) || [];
  const href = `https://www.rfc-editor.org/rfc/rfc${number}${section ? "#section-" + section : ""}`;
  return number ? link(href, source, { target: "_blank" }) : source;
};
const save = (rest, name) => link(api(mail.id, rest), name, { download: "" });
const part = part => save("/parts/" + part.part, part.name || "part " + part.part);
const picture = part => /^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(part.type)
  && el("img", { src: api(mail.id, "/parts/" + part.part), alt: part.name });

const dialogLine = line => line.speaker === "*"
  ? el("li", { className: "border" }, line.text + " ", rfc(line.source))
  : el("li", { className: line.speaker === "C" ? "client" : "server" },
    text("span", line.number, { className: "number" }),
    text("time", line.time.slice(11, 23)),
    text("b", line.speaker),
    text("code", line.text),
    el("span", { className: "meaning" }, line.meaning + " ", rfc(line.source)));

const source = () => {
  const bytes = text("pre", "too long to be shown here", { tabIndex: 0 });
  if (mail.size_bytes <= longest)
    ask(api(mail.id, "/source")).then(answer => answer.text()).catch(error => error.message)
      .then(all => { bytes.textContent = all; });
  return [el("p", {}, save("/source?download", "Save as .eml")), bytes];
};

const views = {
  Text: () => mail.text && [text("pre", mail.text, { className: "text", tabIndex: 0 })],
  HTML: () => mail.html && [
    text("p", "Scripts, forms, links and remote content are off.", { className: "hint" }),
    el("iframe", { sandbox: "", src: api(mail.id, "/html"), title: "HTML" })],
  Headers: () => [el("table", { className: "fields" }, el("tbody", {}, ...mail.headers.map(field =>
    el("tr", {}, text("th", field.name, { scope: "row" }), text("td", field.value)))))],
  Parts: () => [el("ul", { className: "parts" }, ...mail.parts.map(each =>
    el("li", {}, part(each), text("span", ` ${each.type}, ${size(each.size_bytes)}`), picture(each))))],
  Dialog: () => mail.dialog.length && [el("ol", { className: "dialog" }, ...mail.dialog.map(dialogLine))],
  Source: source,
};

const choose = name => {
  chosen = name;
  for (const tab of reader.querySelectorAll("[role=tab]")) {
    tab.ariaSelected = tab.textContent === name;
    tab.tabIndex = tab.textContent === name ? 0 : -1;
  }
  $("panel").ariaLabel = name;
  $("panel").replaceChildren(...views[name]());
};

const show = () => {
  const header = name => mail.headers.find(field => field.name.toLowerCase() === name)?.value;
  const user = mail.user && ", as " + mail.user;
  const facts = {
    From: header("from"), To: header("to"), Cc: header("cc"),
    Envelope: `${mail.from || "<>"} → ${people(mail)}`,
    Received: `${new Date(mail.received).toLocaleString()}, ${size(mail.size_bytes)}`,
    Client: mail.protocol && `${mail.client_name} at ${mail.client_address}, ${mail.protocol}${user}`,
    TLS: mail.tls,
  };
  const attached = mail.parts.filter(part => part.attachment);
  const names = Object.keys(views).filter(name => name === "Source" || views[name]());
  reader.replaceChildren(
    el("div", { className: "bar" }, link("#", "← Inbox", { className: "back" }),
      text("button", "Delete", { type: "button", id: "delete" })),
    text("h2", mail.subject || "(no subject)"),
    el("dl", { className: "meta" }, ...Object.entries(facts).filter(([, fact]) => fact)
      .flatMap(([name, fact]) => [text("dt", name), text("dd", fact)])),
    el("ul", { className: "defects", ariaLabel: "Defects" }, ...mail.defects.map(defect => text("li", defect))),
    el("ul", { className: "attached", ariaLabel: "Attachments" }, ...attached.map(each =>
      el("li", { className: "clip" }, part(each), text("small", " " + size(each.size_bytes))))),
    el("div", { role: "tablist", ariaLabel: "Views" }, ...names.map(name =>
      text("button", name, { type: "button", role: "tab", "aria-controls": "panel" }))),
    el("div", { id: "panel", role: "tabpanel" }));
  choose(names.includes(chosen) ? chosen : names[0]);
  if (!wide.matches) reader.focus();
};

const route = async () => {
  const before = open, id = open = decodeURIComponent(location.hash.slice(1));
  unread.delete(id);
  document.body.classList.toggle("reading", id !== "");
  mark();
  rowOf(id)?.scrollIntoView({ block: "nearest" });
  let problem = "Pick a message.";
  if (id) try {
    const got = await (await ask(api(id))).json();
    if (id !== open) return;
    mail = got;
    return show();
  } catch (error) { problem = error.message; }
  if (id !== open) return;
  reader.replaceChildren(text("p", problem, { className: "hint" }));
  if (!id) rowOf(before)?.firstElementChild.focus();
};

// -- deleting

const erase = url => ask(url, { method: "DELETE", keepalive: true }).catch(reload);
const destroy = id => {
  clearTimeout(doomed.get(id));
  doomed.delete(id);
  toast.hidden = true;
  erase(api(id));
};
const remove = id => {
  const row = rowOf(id), shown = rows(), at = shown.indexOf(row);
  if (at < 0) return;
  [...doomed.keys()].forEach(destroy);
  const next = shown[at + 1] || shown[at - 1];
  row.hidden = true;
  doomed.set(id, setTimeout(destroy, grace, id));
  toast.hidden = false;
  go(wide.matches && open ? next : null);
  next?.firstElementChild.focus();
};
$("undo").onclick = () => {
  const [[id, timer]] = doomed;
  clearTimeout(timer);
  doomed.delete(id);
  toast.hidden = true;
  rowOf(id).hidden = false;
  go(rowOf(id));
};
onpagehide = () => [...doomed.keys()].forEach(destroy);

// -- what happens elsewhere

const listen = () => {
  const events = new EventSource("api/events");
  const on = (name, act) => events.addEventListener(name, event => act(JSON.parse(event.data)));
  const live = state => { $("live").textContent = $("live").className = state; };
  on("mail", arrive);
  on("removed", event => vanish(event.id));
  on("missed", reload);
  events.onopen = () => { live("live"); reload(); };
  events.onerror = () => {
    live("offline");
    if (events.readyState !== EventSource.CLOSED) return;
    reload();
    setTimeout(listen, 3000);
  };
};

// -- hands

const move = step => {
  const shown = rows();
  const here = document.activeElement.closest("#list li") || rowOf(open);
  const row = shown[Math.max(0, Math.min(shown.length - 1, shown.indexOf(here) + step))];
  row?.firstElementChild.focus();
  if (wide.matches) go(row);
};
const turn = next => {
  if (!next) return;
  next.focus();
  choose(next.textContent);
};
const down = () => move(1), up = () => move(-1), help = () => $("keys").showModal();
const drop = () => remove(document.activeElement.closest("#list li")?.dataset.id || open);
const keys = {
  j: down, ArrowDown: down, k: up, ArrowUp: up, Escape: () => go(), "/": () => query.focus(), "?": help,
  "#": drop, Delete: drop,
};
onkeydown = event => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (target === query && key === "Escape") { query.value = ""; query.blur(); reload(); }
  else if (target === query && key !== "ArrowDown") return;
  else if (target.matches("pre") && key.startsWith("Arrow")) return;
  else if (target.role === "tab" && key === "ArrowRight") turn(target.nextSibling);
  else if (target.role === "tab" && key === "ArrowLeft") turn(target.previousSibling);
  else if (keys[key]) keys[key]();
  else return;
  event.preventDefault();
};
reader.onclick = ({ target }) => {
  if (target.id === "delete") remove(open);
  if (target.role === "tab") choose(target.textContent);
};
query.oninput = soon;
$("find").onsubmit = event => { event.preventDefault(); down(); };
$("older").onclick = () => load(list.lastChild.dataset.id).catch(reload);
$("ask").onclick = help;
$("keys").onclick = () => $("keys").close();
$("clear").onclick = () => {
  if (confirm(`Delete all ${total} messages?`)) erase("api/mails");
};
document.onvisibilitychange = () => document.hidden || reload();
onhashchange = route;

listen();
route();
