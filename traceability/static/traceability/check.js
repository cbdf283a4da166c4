// Checks a .tlog-proof file in the browser, with WebCrypto only. The file never leaves the page.
// Formats: c2sp.org/tlog-proof@v1, tlog-checkpoint, signed-note; tree: RFC 9162, section 2.1.3.2.
"use strict";

const text = new TextEncoder();

function once(base64) {
  const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (btoa(String.fromCharCode(...raw)) !== base64) throw new Error("base64");
  return raw;
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function number(digits) {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(digits)) throw new Error("number");
  return Number(digits);
}

function readProof(file) {
  const cut = file.indexOf("\n\n"), lines = file.slice(0, cut).split("\n");
  if (cut < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Error("format");
  const leaf = lines[0].startsWith("extra ") ? once(lines.shift().slice(6)) : new Uint8Array();
  if (!lines[0].startsWith("index ")) throw new Error("format");
  const hashes = lines.slice(1).map(once);
  if (hashes.some((hash) => hash.length !== 32)) throw new Error("format");
  return { leaf, index: number(lines[0].slice(6)), hashes, note: file.slice(cut + 2) };
}

function readNote(note) {
  const cut = note.lastIndexOf("\n\n"), signed = note.slice(0, cut + 1);
  if (cut < 0 || !note.endsWith("\n")) throw new Error("format");
  const [origin, size, root] = signed.split("\n");
  const signatures = note.slice(cut + 2, -1).split("\n").map((line) => {
    const [dash, name, blob] = line.split(" "), raw = once(blob);
    if (dash !== "—") throw new Error("format");
    return { name, id: raw.slice(0, 4), signature: raw.slice(4) };
  });
  return { signed, origin, size: number(size), root: once(root), signatures };
}

async function readKey(line) {
  const [name, id, ...rest] = line.split("+"), raw = once(rest.join("+"));
  const own = (await sha256(text.encode(name + "\n"), raw)).slice(0, 4);
  const shown = Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (raw.length !== 33 || raw[0] !== 1 || shown !== id) throw new Error("key");
  return { name, id: own, raw: raw.slice(1) };
}

async function isSigned(head, keys) {
  let found = false;
  for (const key of keys) {
    for (const each of head.signatures) {
      if (each.name !== key.name || key.name !== head.origin || !same(each.id, key.id)) continue;
      const imported = await crypto.subtle.importKey("raw", key.raw, "Ed25519", false, ["verify"]);
      const holds = await crypto.subtle.verify(
        "Ed25519", imported, each.signature, text.encode(head.signed));
      if (!holds) return false;
      found = true;
    }
  }
  return found;
}

async function rootOf(leaf, index, size, hashes) {
  if (index >= size) return new Uint8Array();
  let current = await sha256([0], leaf), position = index, last = size - 1;
  const up = (value) => Math.floor(value / 2);
  for (const sibling of hashes) {
    if (last === 0) return new Uint8Array();
    if (position % 2 || position === last) {
      current = await sha256([1], sibling, current);
      while (position % 2 === 0 && position) [position, last] = [up(position), up(last)];
    } else {
      current = await sha256([1], current, sibling);
    }
    [position, last] = [up(position), up(last)];
  }
  return last === 0 ? current : new Uint8Array();
}

async function holds(file, vkeys) {
  const proof = readProof(file), head = readNote(proof.note);
  const keys = await Promise.all(vkeys.trim().split(/\s*\n\s*/).map(readKey));
  if (!(await isSigned(head, keys))) return "unsigned";
  const root = await rootOf(proof.leaf, proof.index, head.size, proof.hashes);
  return same(root, head.root) ? "holds" : "missing";
}

function show(answer) {
  for (const each of document.querySelectorAll("[data-answer]"))
    each.hidden = each.dataset.answer !== answer;
}

async function judge() {
  const chosen = document.getElementById("proof").files[0];
  if (!chosen) return;
  let answer = "unreadable";
  try {
    const raw = await chosen.arrayBuffer();
    const file = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(raw);
    answer = await holds(file, document.getElementById("vkey").value);
  } catch (fault) {
    answer = fault.name === "NotSupportedError" ? "unsupported" : "unreadable";
  }
  show(answer);
}

if (typeof document === "undefined") module.exports = { holds };
else for (const id of ["proof", "vkey"]) document.getElementById(id).addEventListener("change", judge);
