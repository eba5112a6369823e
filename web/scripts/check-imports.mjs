// Holds the page's own ladder: features import no other feature, and only api/ talks to the network.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const MAY = {
  i18n: ['i18n'],
  api: ['api', 'i18n'],
  ui: ['ui', 'i18n'],
  app: ['app', 'api', 'ui', 'i18n', 'features'],
  forms: ['forms', 'app', 'api', 'ui', 'i18n'],
  features: ['app', 'api', 'ui', 'forms', 'i18n'],
};
// Words that come with a page are there on that page alone.
const PAGE_ROOMS = readdirSync('src/i18n/en/pages').map((name) => name.replace('.ts', ''));
const ALSO = { provider: ['features/welcome', 'forms/provider'], settings: ['forms/schema'] };
const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
const wrong = [];
for (const file of files('src').filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))) {
  const [room, noun] = relative('src', file).split(sep);
  const text = readFileSync(file, 'utf8');
  const test = /\.test\.tsx?$/.test(file);
  if (room !== 'api' && !test && /\bfetch\(|\bnew WebSocket\b/.test(text))
    wrong.push(`${file}: only src/api talks to the network`);
  for (const words of test ? [] : PAGE_ROOMS)
    if (
      new RegExp(`\\bt\\.${words}\\b`).test(text) &&
      ![`features/${words}`, ...(ALSO[words] ?? [])].includes(`${room}/${noun}`)
    )
      wrong.push(`${file}: the words t.${words} come with another page`);
  if (!(room in MAY)) continue;
  for (const [, target, inner] of text.matchAll(/from '@\/([\w-]+)(?:\/([\w-]+))?/g)) {
    if (test && target === 'test') continue;
    const allowed = MAY[room].includes(target) || (room === 'features' && target === room && inner === noun);
    if (!allowed) wrong.push(`${file}: ${room} may not import ${target}${inner ? `/${inner}` : ''}`);
  }
  if (room === 'features')
    for (const [, up] of text.matchAll(/from '\.\.\/(\w+)/g)) wrong.push(`${file}: reaches into ../${up}`);
}
for (const line of wrong) console.error(line);
if (wrong.length) process.exitCode = 1;
