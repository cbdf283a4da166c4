// Shows the colours and the logo of the form in the preview while they are being chosen.
"use strict";

const WEIGHTS = [0.2126, 0.7152, 0.0722];

function luminance(colour) {
  return WEIGHTS.reduce((sum, weight, place) => {
    const part = parseInt(colour.slice(1 + 2 * place, 3 + 2 * place), 16) / 255;
    return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
}

function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return Math.floor(((lighter + 0.05) / (darker + 0.05)) * 100) / 100;
}

function show(box) {
  const field = document.getElementById(box.dataset.field);
  const grounds = box.dataset.grounds.split(" ");
  const worst = Math.min(...grounds.map((ground) => contrast(field.value, ground)));
  box.style.setProperty("--accent", field.value);
  const said = box.querySelector("output");
  said.textContent = `${worst.toFixed(2)} : 1`;
  said.className = worst >= 4.5 ? "tag ok" : "tag bad";
}

document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".brand-preview")) {
    show(box);
    document.getElementById(box.dataset.field).addEventListener("input", () => show(box));
  }
  document.getElementById("id_logo").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      for (const picture of document.querySelectorAll(".brand-preview img")) {
        picture.src = reader.result;
        picture.hidden = false;
      }
    });
    reader.readAsDataURL(file);
  });
});
