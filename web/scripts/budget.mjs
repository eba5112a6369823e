// Fails the build when what a visitor loads first, or for the chat, grows past its budget (gzip bytes).
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = { entryJs: 190_000, css: 40_000, chatJs: 265_000 };

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));
const closure = (key, seen = new Set()) => {
  if (!seen.has(key)) {
    seen.add(key);
    for (const next of manifest[key]?.imports ?? []) closure(next, seen);
  }
  return seen;
};
const weigh = (keys) => {
  const js = new Set();
  const css = new Set();
  for (const key of keys) {
    if (manifest[key].file.endsWith('.js')) js.add(manifest[key].file);
    for (const file of manifest[key].css ?? []) css.add(file);
  }
  const sum = (set) =>
    [...set].reduce((bytes, file) => bytes + gzipSync(readFileSync(`dist/${file}`)).length, 0);
  return { js: sum(js), css: sum(css) };
};
const entry = closure('index.html');
const show = (name, { js, css }) =>
  console.log(`${name.padEnd(44)} js ${String(js).padStart(7)}   css ${String(css).padStart(6)}`);

const first = weigh(entry);
show('entry', first);
const broken = [];
if (first.js > BUDGET.entryJs) broken.push(`entry JS ${first.js} > ${BUDGET.entryJs}`);
if (first.css > BUDGET.css) broken.push(`entry CSS ${first.css} > ${BUDGET.css}`);
for (const key of Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry)) {
  const own = [...closure(key)].filter((part) => !entry.has(part));
  show(`+ ${key.slice(0, 40)}`, weigh(own));
  if (key.includes('ChatPage')) {
    const all = weigh(new Set([...entry, ...own]));
    show('= chat in all', all);
    if (all.js > BUDGET.chatJs) broken.push(`chat JS ${all.js} > ${BUDGET.chatJs}`);
    if (all.css > BUDGET.css) broken.push(`chat CSS ${all.css} > ${BUDGET.css}`);
  }
}
for (const line of broken) console.error(`over budget: ${line}`);
if (broken.length) process.exitCode = 1;
