// Makes the form of the annual grid a spreadsheet: keys, blocks, the clipboard, undo, and saving
// as one types. Rules live on the server: it says what is wrong in a cell and how the sums stand.
// Without this file the form works as it is.
"use strict";

(() => {
  const form = document.querySelector("[data-grid-form]");
  if (!form) return;
  const table = form.querySelector("[data-grid]");
  const find = name => form.querySelector(`[data-${name}]`);
  const says = find("says");
  const lines = [...table.tBodies[0].rows];
  const cells = lines.map(line => [...line.querySelectorAll("input.cell")]);
  const place = new Map();
  cells.forEach((row, r) => row.forEach((cell, c) => place.set(cell, { r, c })));
  const lastRow = cells.length - 1;
  const lastColumn = cells[0].length - 1;
  const WAIT_MS = 500;
  const AGAIN_MS = 5000;
  const PAGE = 10;

  // what is selected: from the anchor to the cell that has the focus
  let anchor = { r: 0, c: 0 };
  let here = { r: 0, c: 0 };
  let before = "";       // what stood in the cell when it was entered
  let isTyping = false;  // something was typed over it
  let isEditing = false; // F2 or a double click: arrows belong to the text
  let isMoving = false;

  const at = ({ r, c }) => cells[r][c];
  const bounded = (n, most) => Math.min(Math.max(n, 0), most);
  const block = () => ({
    top: Math.min(anchor.r, here.r), bottom: Math.max(anchor.r, here.r),
    left: Math.min(anchor.c, here.c), right: Math.max(anchor.c, here.c),
  });
  const chosen = () => {
    const { top, bottom, left, right } = block();
    return cells.slice(top, bottom + 1).map(row => row.slice(left, right + 1));
  };
  const isOne = () => anchor.r === here.r && anchor.c === here.c;

  function paint() {
    table.querySelectorAll("[aria-selected=true]").forEach(td => td.removeAttribute("aria-selected"));
    if (isOne()) return;
    chosen().flat().forEach(cell => cell.parentElement.setAttribute("aria-selected", "true"));
  }

  function enter(cell) {
    if (!isMoving) anchor = place.get(cell);
    at(here).tabIndex = -1;
    here = place.get(cell);
    cell.tabIndex = 0;
    before = cell.value;
    isTyping = isEditing = false;
    if (done.length) done[done.length - 1].typing = null; // typed and left: one step of its own
    cell.select();
    paint();
  }

  function go(r, c, { extends: extending = false } = {}) {
    commit();
    const kept = anchor;
    isMoving = true;
    at({ r: bounded(r, lastRow), c: bounded(c, lastColumn) }).focus();
    isMoving = false;
    anchor = extending ? kept : here;
    paint();
  }

  // changes, each a list of {cell, from, to}
  const done = [];
  const undone = [];

  function record(change) {
    if (!change.length) return;
    done.push(change);
    undone.length = 0;
    showUndo();
  }

  function showUndo() {
    find("undo").disabled = !done.length;
    find("redo").disabled = !undone.length;
  }

  function commit() {
    const cell = at(here);
    if (cell.value === before) return;
    const last = done[done.length - 1];
    if (isTyping && last?.typing === cell && last[0].to === before) {
      last[0].to = cell.value; // the same cell is still being typed into
      undone.length = 0;
    } else {
      record(Object.assign([{ cell, from: before, to: cell.value }], { typing: cell }));
    }
    before = cell.value;
    queue(cell);
  }

  function write(wanted) {
    commit();
    const change = wanted.filter(({ cell, to }) => cell.value !== to)
      .map(({ cell, to }) => ({ cell, from: cell.value, to }));
    put(change, "to");
    record(change);
  }

  function put(change, side) {
    change.forEach(each => {
      each.cell.value = each[side];
      queue(each.cell);
    });
    before = at(here).value;
  }

  function step(from, to, side) {
    commit();
    const change = from.pop();
    if (!change) return;
    to.push(change);
    put(change, side);
    isMoving = false;
    change[0].cell.focus();
    at(here).select();
    showUndo();
  }
  const undo = () => step(done, undone, "from");
  const redo = () => step(undone, done, "to");

  const fillRight = () => {
    const { top, bottom, left } = block();
    const months = cells[0].length - 1; // the tolerance is another thing
    const end = isOne() ? months - 1 : block().right;
    write(cells.slice(top, bottom + 1).flatMap(
      row => row.slice(left + 1, end + 1).map(cell => ({ cell, to: row[left].value }))));
  };
  const fillDown = () => {
    const { top, bottom, left, right } = block();
    const source = isOne() ? bounded(top - 1, lastRow) : top;
    write(cells.slice(source + 1, bottom + 1).flatMap(row => row.slice(left, right + 1).map(
      (cell, n) => ({ cell, to: cells[source][left + n].value }))));
  };
  const clear = () => write(chosen().flat().map(cell => ({ cell, to: "" })));

  // the clipboard, as spreadsheets write it: tabs and lines
  const copied = () => chosen().map(row => row.map(cell => cell.value).join("\t")).join("\r\n");

  function pasted(text) {
    const bare = cell => cell.trim().replace(/^"([^]*)"$/, "$1").replaceAll('""', '"').trim();
    return text.replace(/(\r\n|\n|\r)$/, "").split(/\r\n|\n|\r/).map(
      line => line.split("\t").map(bare));
  }

  function paste(text) {
    const rows = pasted(text);
    if (rows.length === 1 && rows[0].length === 1) {
      write(chosen().flat().map(cell => ({ cell, to: rows[0][0] })));
      return;
    }
    const { top, left } = block();
    const wanted = [];
    let isCut = false;
    rows.forEach((row, r) => row.forEach((to, c) => {
      const cell = cells[top + r]?.[left + c];
      if (cell) wanted.push({ cell, to: to.slice(0, 40) });
      else if (to) isCut = true;
    }));
    write(wanted);
    const wide = Math.max(...rows.map(row => row.length));
    anchor = { r: top, c: left };
    isMoving = true;
    at({ r: bounded(top + rows.length - 1, lastRow), c: bounded(left + wide - 1, lastColumn) }).focus();
    isMoving = false;
    if (isCut) says.textContent = form.dataset.cut;
  }

  // saving: rows wait here, one request at a time
  const waiting = new Map();
  const sent = new Map();
  let timer = 0;
  let isSending = false;

  function queue(cell) {
    const line = cell.closest("tr");
    if (!waiting.has(line)) waiting.set(line, new Map());
    waiting.get(line).set(cell.dataset.field, cell.value);
    says.textContent = form.dataset.saving;
    clearTimeout(timer);
    timer = setTimeout(flush, WAIT_MS);
  }

  async function flush() {
    clearTimeout(timer);
    if (isSending || !waiting.size) return;
    isSending = true;
    [...waiting].slice(0, 100).forEach(([line, typed]) => {
      sent.set(line, typed);
      waiting.delete(line);
    });
    try {
      const answer = await fetch(form.dataset.save, request());
      const said = await answer.json();
      if (answer.ok) take(said);
      else if (answer.status < 500) says.textContent = `${said.detail} ${said.remedy ?? ""}`;
      else throw new Error(said.detail);
      sent.clear();
      isSending = false;
      if (waiting.size) await flush();
    } catch {
      sent.forEach((typed, line) => waiting.set(line, new Map([...typed, ...waiting.get(line) ?? []])));
      sent.clear();
      isSending = false;
      says.textContent = form.dataset.unsaved;
      timer = setTimeout(flush, AGAIN_MS);
    }
  }

  function request() {
    const rows = [...sent].map(([line, typed]) => ({
      product: Number(line.dataset.product),
      version: Number(line.dataset.version),
      cells: Object.fromEntries(typed),
    }));
    return {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/problem+json, application/json",
        "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ year: Number(form.dataset.year), rows }),
    };
  }

  function take(answer) {
    answer.rows.forEach(takeRow);
    Object.entries(answer.totals).forEach(([name, sum]) => {
      const cell = table.querySelector(`[data-total=${name}]`);
      if (cell) cell.textContent = sum;
    });
    table.querySelector("[data-total=year]").textContent = answer.year_total;
    find("changes").textContent = answer.change_words;
    const isFaulty = table.querySelector("[aria-invalid=true]");
    if (!waiting.size) says.textContent = isFaulty ? form.dataset.faulty : form.dataset.saved;
  }

  function takeRow(row) {
    const line = lines.find(each => each.dataset.product === String(row.product));
    line.dataset.version = row.version;
    line.querySelector("input[type=hidden]").value = row.version;
    const later = waiting.get(line) ?? new Map();
    const now = sent.get(line) ?? new Map();
    line.querySelectorAll("input.cell").forEach(cell => {
      const name = cell.dataset.field;
      if (later.has(name)) return;
      cell.parentElement.classList.toggle("is-changed", row.changed.includes(name));
      const wasFaulty = cell.hasAttribute("aria-invalid");
      if (row.faults[name]) return mark(cell, line);
      if (wasFaulty && !now.has(name)) return; // still what was typed, and still wrong
      unmark(cell);
      if (cell === document.activeElement && cell.value !== before) return;
      const text = row.cells[name] ? String(row.cells[name]) : "";
      if (cell === document.activeElement && Number(cell.value || 0) === row.cells[name]) return;
      cell.value = text;
      if (cell === at(here)) before = text;
    });
    line.querySelector("[data-row-total]").textContent = row.total;
    tellFaults(line, row.faults);
  }

  function mark(cell, line) {
    cell.setAttribute("aria-invalid", "true");
    cell.setAttribute("aria-describedby", line.querySelector(".cell-faults").id);
  }

  function unmark(cell) {
    cell.removeAttribute("aria-invalid");
    cell.removeAttribute("aria-describedby");
  }

  function tellFaults(line, faults) {
    const list = line.querySelector(".cell-faults");
    [...list.children].forEach(said => {
      const cell = line.querySelector(`[data-field="${said.dataset.of}"]`);
      if (!cell?.hasAttribute("aria-invalid") || faults[said.dataset.of]) said.remove();
    });
    Object.entries(faults).forEach(([name, fault]) => {
      const said = document.createElement("span");
      const label = document.createElement("b");
      label.textContent = fault.label;
      said.dataset.of = name;
      said.append(label, ` ${fault.reason} ${fault.remedy}`);
      list.append(said);
    });
  }

  // keys
  const MOVES = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
    PageUp: [-PAGE, 0], PageDown: [PAGE, 0],
  };

  function tab(event) {
    const flat = here.r * (lastColumn + 1) + here.c + (event.shiftKey ? -1 : 1);
    commit();
    if (flat < 0 || flat >= cells.length * (lastColumn + 1)) return; // out of the grid
    event.preventDefault();
    go(Math.floor(flat / (lastColumn + 1)), flat % (lastColumn + 1));
  }

  function edge(event, toEnd) {
    event.preventDefault();
    const isAll = event.ctrlKey || event.metaKey;
    go(isAll ? (toEnd ? lastRow : 0) : here.r, toEnd ? lastColumn : 0, { extends: event.shiftKey });
  }

  function escape(event) {
    event.preventDefault();
    const cell = at(here);
    if (cell.value !== before) cell.value = before;
    else if (isTyping && done.length && done[done.length - 1].typing === cell) undo();
    isTyping = isEditing = false;
    anchor = here;
    cell.select();
    paint();
  }

  const COMMANDS = {
    z: event => (event.shiftKey ? redo() : undo()),
    y: redo,
    d: fillDown,
    r: fillRight,
    a: () => {
      anchor = { r: 0, c: 0 };
      isMoving = true;
      at({ r: lastRow, c: lastColumn }).focus();
      isMoving = false;
      paint();
    },
  };

  function move(event) {
    const [down, right] = MOVES[event.key];
    if (isEditing && right) return;
    event.preventDefault();
    const far = event.ctrlKey || event.metaKey ? 10_000 : 1;
    go(here.r + down * far, here.c + right * far, { extends: event.shiftKey });
  }

  const KEYS = {
    Tab: tab,
    Escape: escape,
    Home: event => isEditing || edge(event, false),
    End: event => isEditing || edge(event, true),
    Enter: event => {
      event.preventDefault(); // the form is not sent
      go(here.r + (event.shiftKey ? -1 : 1), here.c);
    },
    F2: event => {
      event.preventDefault();
      isEditing = true;
      at(here).setSelectionRange(at(here).value.length, at(here).value.length);
    },
    Delete: event => {
      if (isEditing || isTyping) return;
      event.preventDefault();
      clear();
    },
  };
  KEYS.Backspace = KEYS.Delete;

  table.addEventListener("keydown", event => {
    if (!place.has(event.target) || event.isComposing) return;
    const command = (event.ctrlKey || event.metaKey) && COMMANDS[event.key.toLowerCase()];
    if (command) {
      event.preventDefault();
      command(event);
    } else if (MOVES[event.key]) {
      move(event);
    } else if (KEYS[event.key]) {
      KEYS[event.key](event);
    }
  });

  table.addEventListener("input", event => {
    if (!place.has(event.target)) return;
    isTyping = true;
    anchor = here;
    paint();
    clearTimeout(timer);
    timer = setTimeout(() => {
      commit();
      flush();
    }, WAIT_MS);
  });
  table.addEventListener("focusin", event => place.has(event.target) && enter(event.target));
  table.addEventListener("focusout", event => place.has(event.target) && commit());
  table.addEventListener("dblclick", event => {
    if (place.has(event.target)) isEditing = true;
  });
  table.addEventListener("click", event => {
    if (place.has(event.target) && !isTyping && !isEditing && isOne()) event.target.select();
  });
  table.addEventListener("mousedown", event => {
    if (!event.shiftKey || !place.has(event.target)) return;
    event.preventDefault();
    const { r, c } = place.get(event.target);
    go(r, c, { extends: true });
  });
  table.addEventListener("mouseover", event => {
    if (event.buttons !== 1 || !place.has(event.target) || event.target === at(here)) return;
    const { r, c } = place.get(event.target);
    go(r, c, { extends: true });
  });
  const onClipboard = handle => event => {
    if (!place.has(event.target) || isEditing) return;
    event.preventDefault();
    handle(event.clipboardData);
  };
  table.addEventListener("copy", onClipboard(board => board.setData("text/plain", copied())));
  table.addEventListener("cut", onClipboard(board => {
    board.setData("text/plain", copied());
    clear();
  }));
  table.addEventListener("paste", onClipboard(board => paste(board.getData("text/plain"))));

  // buttons, and leaving
  const keepFocus = event => event.preventDefault();
  const press = (name, act) => {
    find(name).addEventListener("mousedown", keepFocus);
    find(name).addEventListener("click", act);
  };
  press("undo", undo);
  press("redo", redo);
  press("fill", fillRight);

  const review = find("review");
  review.addEventListener("click", async event => {
    event.preventDefault();
    commit();
    while (isSending) await new Promise(ready => setTimeout(ready, 50));
    await flush();
    const wrong = table.querySelector("[aria-invalid=true]");
    if (wrong) wrong.focus();
    else if (!waiting.size) location.assign(review.dataset.review);
  });
  addEventListener("beforeunload", event => {
    commit();
    if (waiting.size || isSending || table.querySelector("[aria-invalid=true]")) event.preventDefault();
  });
  addEventListener("pagehide", () => waiting.size && flush());

  table.setAttribute("role", "grid");
  table.setAttribute("aria-multiselectable", "true");
  place.forEach((_, cell) => { cell.tabIndex = -1; });
  at(here).tabIndex = 0;
  find("tools").hidden = false;
  find("keys").hidden = false;
  find("plain").hidden = true;
})();
