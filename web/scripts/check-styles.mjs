// Fails when a part of the built page uses a component whose styles none of its stylesheets carries.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));
const CLASS = /\bm_[0-9a-f]{5,8}\b/g;
const classes = (text) => new Set(text.match(CLASS) ?? []);

// Some names have no rule at all: only what the library styles somewhere can be missing.
const styled = new Set();
for (const folder of ['node_modules/@mantine/core/styles', 'node_modules/@mantine/notifications'])
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.layer.css')))
    for (const name of classes(readFileSync(join(folder, file), 'utf8'))) styled.add(name);

const closure = (key, seen = new Set()) => {
  if (!seen.has(key)) {
    seen.add(key);
    for (const next of manifest[key]?.imports ?? []) closure(next, seen);
  }
  return seen;
};
const missing = [];
const found = new Set();
const first = closure('index.html');
for (const key of ['index.html', ...Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry)]) {
  const parts = [...new Set([...first, ...closure(key)])].map((part) => manifest[part]);
  const there = new Set(
    parts.flatMap(({ css = [] }) =>
      css.flatMap((file) => [...classes(readFileSync(`dist/${file}`, 'utf8'))]),
    ),
  );
  const used = parts.flatMap(({ file }) => [...classes(readFileSync(`dist/${file}`, 'utf8'))]);
  for (const name of new Set(used)) {
    if (!styled.has(name)) continue;
    if (there.has(name)) found.add(name);
    else missing.push(`${key}: ${name}`);
  }
}
for (const line of missing) console.error(`without styles: ${line}`);
if (missing.length) process.exitCode = 1;
else console.log(`styles: all ${found.size} library classes in use come with the part that uses them`);
