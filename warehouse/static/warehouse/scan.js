// The scan screen: every scan is kept on the phone under a key of its own until the server has
// answered it, so that no network, no reload and no empty battery loses or doubles one.
"use strict";

const RETRY_MS = 4000;
const AT_ONCE = 50;
const SHOWN_DONE = 8;

class Queue {
  constructor(owner) {
    this.place = `bondpool-scans-${owner}`;
    this.scans = JSON.parse(localStorage.getItem(this.place) || "[]");
  }

  keep() {
    const done = this.scans.filter((scan) => scan.state === "done").slice(-SHOWN_DONE);
    this.scans = this.scans.filter((scan) => scan.state !== "done" || done.includes(scan));
    localStorage.setItem(this.place, JSON.stringify(this.scans));
  }

  add(task, texts) {
    const at = new Date().toISOString();
    this.scans.push({ key: newKey(), task, texts, at, state: "waiting" });
    this.keep();
  }

  waiting() {
    return this.scans.filter((scan) => scan.state === "waiting").slice(0, AT_ONCE);
  }

  answer(key, told) {
    const scan = this.scans.find((one) => one.key === key);
    if (scan) Object.assign(scan, told);
  }

  drop(key) {
    this.scans = this.scans.filter((scan) => scan.key !== key);
    this.keep();
  }

  again(key) {
    const scan = this.scans.find((one) => one.key === key);
    if (!scan) return;
    Object.assign(scan, { key: newKey(), state: "waiting", reason: "", remedy: "" });
    this.keep();
  }
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Screen {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.isLive = "sends" in root.dataset;
    if (this.isLive) localStorage.setItem("bondpool-scan-owner", root.dataset.owner);
    this.queue = new Queue(root.dataset.owner || localStorage.getItem("bondpool-scan-owner"));
    this.sending = false;
    this.forms = [...root.querySelectorAll("form[data-task]")];
    this.tabs = [...root.querySelectorAll("[data-shows]")];
  }

  start() {
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.show(tab.dataset.shows));
    }
    for (const form of this.forms) {
      form.addEventListener("submit", (event) => this.submitted(event, form));
      form.addEventListener("keydown", (event) => this.onward(event, form));
    }
    if ("BarcodeDetector" in window && navigator.mediaDevices) this.offerCamera();
    if (this.isLive && "serviceWorker" in navigator) {
      navigator.serviceWorker.register(this.words.worker, { scope: this.words.page }).catch(() => {});
    }
    const onward = () => (this.isLive ? this.send() : this.goBack());
    window.addEventListener("online", onward);
    window.addEventListener("offline", () => this.draw());
    setInterval(onward, RETRY_MS);
    this.show(sessionStorage.getItem("bondpool-task") || this.forms[0].dataset.task);
    this.draw();
    this.send();
  }

  show(task) {
    const known = this.forms.some((form) => form.dataset.task === task);
    const wanted = known ? task : this.forms[0].dataset.task;
    for (const form of this.forms) form.hidden = form.dataset.task !== wanted;
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", tab.dataset.shows === wanted);
    sessionStorage.setItem("bondpool-task", wanted);
    this.forms.find((form) => !form.hidden).querySelector("input, textarea").focus();
  }

  // A scanner types and presses Enter: go to the next empty field, and send from the last one.
  onward(event, form) {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    const fields = [...form.querySelectorAll("input[required]")];
    const next = fields.find((field) => !field.value);
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }

  submitted(event, form) {
    event.preventDefault();
    const texts = {};
    for (const field of form.elements) if (field.name) texts[field.name] = field.value;
    this.queue.add(form.dataset.task, texts);
    for (const field of form.elements) {
      if (field.name && !("keeps" in field.dataset)) field.value = field.defaultValue ?? "";
    }
    const first = [...form.querySelectorAll("input[required]")].find((field) => !field.value);
    (first || form.querySelector("input, textarea")).focus();
    this.draw();
    this.send();
  }

  // From the page that the phone keeps to the page itself, which sends what was scanned meanwhile.
  async goBack() {
    if (!navigator.onLine) return;
    const answer = await fetch(this.words.page, { method: "HEAD" }).catch(() => null);
    if (answer?.ok) location.reload();
  }

  async send() {
    const waiting = this.queue.waiting();
    if (!this.isLive || this.sending || !waiting.length || !navigator.onLine) return;
    this.sending = true;
    try {
      const body = new URLSearchParams({
        csrfmiddlewaretoken: this.root.querySelector("[name=csrfmiddlewaretoken]").value,
        scans: JSON.stringify(waiting.map(({ key, task, texts, at }) => ({ key, task, texts, at }))),
      });
      const answer = await fetch(this.words.sends, { method: "POST", body, redirect: "manual" });
      if (answer.ok) {
        for (const { key, ...told } of (await answer.json()).answers) this.queue.answer(key, told);
        this.queue.keep();
        this.trouble = "";
      } else {
        this.trouble = answer.status === 0 || answer.status === 403 ? "signed-out" : "server";
      }
    } catch {
      this.trouble = "network";
    } finally {
      this.sending = false;
    }
    this.draw();
    if (!this.trouble && this.queue.waiting().length) this.send();
  }

  draw() {
    const waiting = this.queue.scans.filter((scan) => scan.state === "waiting").length;
    const refused = this.queue.scans.filter((scan) => scan.state === "refused").length;
    const state = this.root.querySelector("[data-state]");
    const isAway = !this.isLive || !navigator.onLine || this.trouble === "network";
    const tone = refused ? "bad" : waiting ? "warn" : "ok";
    state.className = `notice ${tone}`;
    const words = [];
    if (isAway) words.push(this.words.away);
    if (this.trouble === "signed-out") words.push(this.words.signedOut);
    if (this.trouble === "server") words.push(this.words.server);
    if (refused) words.push(this.words.conflicts.replace("{count}", refused));
    words.push(waiting ? this.words.waiting.replace("{count}", waiting) : this.words.clear);
    state.querySelector("p").textContent = words.join(" ");
    const list = this.root.querySelector("[data-scans]");
    list.replaceChildren(...[...this.queue.scans].reverse().map((scan) => this.row(scan)));
    this.root.querySelector("[data-empty]").hidden = this.queue.scans.length > 0;
  }

  row(scan) {
    const row = this.root.querySelector("template").content.cloneNode(true).querySelector("li");
    const tab = this.tabs.find((one) => one.dataset.shows === scan.task);
    const texts = Object.values(scan.texts).filter(Boolean).join(" · ");
    row.querySelector("b").textContent = tab ? tab.textContent : scan.task;
    row.querySelector("[data-texts]").textContent = texts;
    const tag = row.querySelector(".tag");
    tag.className = `tag ${{ done: "ok", refused: "bad", waiting: "warn" }[scan.state]}`;
    tag.textContent = this.words[`word${scan.state}`];
    const why = row.querySelector("[data-why]");
    why.hidden = scan.state !== "refused";
    why.textContent = [scan.reason, scan.remedy].filter(Boolean).join(" ");
    const buttons = row.querySelector(".btns");
    buttons.hidden = scan.state !== "refused";
    const [again, drop] = buttons.querySelectorAll("button");
    again.addEventListener("click", () => {
      this.queue.again(scan.key);
      this.draw();
      this.send();
    });
    drop.addEventListener("click", () => {
      this.queue.drop(scan.key);
      this.draw();
    });
    return row;
  }

  offerCamera() {
    for (const button of this.root.querySelectorAll("[data-camera]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.look(button));
    }
  }

  async look(button) {
    const field = document.getElementById(button.dataset.camera);
    const video = this.root.querySelector("video");
    const detector = new BarcodeDetector();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      button.hidden = true;
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const ends = Date.now() + 30000;
    while (Date.now() < ends && !video.hidden) {
      const [found] = await detector.detect(video).catch(() => []);
      if (found) {
        field.value = field.tagName === "TEXTAREA" && field.value ? `${field.value}\n${found.rawValue}` : found.rawValue;
        break;
      }
      await new Promise((next) => setTimeout(next, 150));
    }
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
    field.focus();
  }
}

document.addEventListener("DOMContentLoaded", () => {
  new Screen(document.querySelector("[data-scan-screen]")).start();
});
