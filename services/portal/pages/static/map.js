// The map is one tab stop: arrow keys go to the nearest marker in their direction, Enter opens its country.
"use strict";

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function place(marker) {
  const circle = marker.querySelector("circle");
  return [circle.cx.baseVal.value, circle.cy.baseVal.value];
}

// The least distance, where a step aside counts twice. Undefined if nothing lies in the direction.
function nearest(markers, from, [right, down]) {
  const [x, y] = place(from);
  let best, least = Infinity;
  for (const marker of markers) {
    const [dx, dy] = [place(marker)[0] - x, place(marker)[1] - y];
    const ahead = dx * right + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * right);
    if (ahead > 0 && ahead >= aside && ahead + 2 * aside < least) {
      [best, least] = [marker, ahead + 2 * aside];
    }
  }
  return best;
}

for (const map of document.querySelectorAll(".map .scroll")) {
  const markers = [...map.querySelectorAll(".at")];
  const stop = (marker) => markers.forEach((one) => one.setAttribute("tabindex", one === marker ? "0" : "-1"));
  if (markers.length === 0) continue;
  map.removeAttribute("tabindex");
  stop(markers[0]);
  map.addEventListener("focusin", (event) => markers.includes(event.target) && stop(event.target));
  map.addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey || !markers.includes(event.target)) return;
    event.preventDefault();
    nearest(markers, event.target, direction)?.focus();
  });
}
