// A Vite plugin: a module that imports a component of Mantine brings that component's styles along, and those of
// what the component is made of before them. So the first load carries the styles of what it shows, a lazy page
// brings its own, and nobody can forget them. The layer's order is the import order: parts first, wholes after.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const PACKAGES = ['@mantine/core', '@mantine/charts', '@mantine/notifications'];
const IMPORT = /import\s+(?:([\w$]+)\s*,?\s*)?(?:\{([^}]*)\})?\s*from\s*['"]([^'"]+)['"]/g;

/** The names that an import's braces hold, without the types among them. */
export const valueNames = (braces) =>
  braces
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+/)[0]);

/** Knows which style files an exported name of Mantine needs, in order. */
export function styleIndex(root = 'node_modules') {
  const text = new Map();
  const read = (file) => {
    if (!text.has(file)) text.set(file, readFileSync(file, 'utf8'));
    return text.get(file);
  };
  const entry = (name) => resolve(root, name, 'esm/index.mjs');
  const homes = new Map();
  for (const name of PACKAGES) {
    const home = new Map();
    for (const [, , braces, from] of read(entry(name)).matchAll(IMPORT))
      if (braces && from.startsWith('.'))
        for (const value of valueNames(braces)) home.set(value, resolve(dirname(entry(name)), from));
    homes.set(name, home);
  }

  const styleOf = (file) => {
    const [, name, part] = /@mantine[\\/]([\w-]+)[\\/].*[\\/]([\w-]+)\.module\.mjs$/.exec(file) ?? [];
    if (!part) return undefined;
    const style = name === 'core' ? `styles/${part}.layer.css` : 'styles.layer.css';
    return existsSync(join(root, '@mantine', name, style)) ? `@mantine/${name}/${style}` : undefined;
  };
  const walk = (file, styles, seen) => {
    if (seen.has(file)) return;
    seen.add(file);
    let own;
    for (const [, alone, braces, from] of read(file).matchAll(IMPORT)) {
      if (from.endsWith('.module.mjs') && alone) own = styleOf(resolve(dirname(file), from));
      else if (from.startsWith('.')) walk(resolve(dirname(file), from), styles, seen);
      else if (homes.has(from) && braces)
        for (const value of valueNames(braces)) visit(from, value, styles, seen);
    }
    if (own) styles.add(own);
  };
  const visit = (from, name, styles, seen) => {
    const file = homes.get(from)?.get(name);
    if (file) walk(file, styles, seen);
  };
  const known = new Map();
  return (from, name) => {
    const key = `${from} ${name}`;
    if (!known.has(key)) {
      const styles = new Set();
      visit(from, name, styles, new Set());
      known.set(key, [...styles]);
    }
    return known.get(key);
  };
}

/** The style files that a module's imports call for. */
export function stylesFor(code, index) {
  const styles = new Set();
  for (const [, , braces, from] of code.matchAll(IMPORT))
    if (braces && PACKAGES.includes(from))
      for (const name of valueNames(braces)) for (const style of index(from, name)) styles.add(style);
  return [...styles];
}

export function mantineStyles() {
  let index;
  let ours;
  return {
    name: 'mantine-styles',
    enforce: 'pre',
    configResolved(config) {
      ours = resolve(config.root, 'src');
      index = styleIndex(resolve(config.root, 'node_modules'));
    },
    transform(code, id) {
      const file = id.split('?')[0];
      if (!file.startsWith(ours) || !/(?<!\.test)\.tsx?$/.test(file) || !code.includes('@mantine/')) return;
      const styles = stylesFor(code, index);
      // On the first line, so that the lines after it keep their numbers.
      if (styles.length)
        return { code: styles.map((style) => `import '${style}';`).join('') + code, map: null };
    },
  };
}
