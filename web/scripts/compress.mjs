// Writes a .br and a .gz beside each built file that gains from it: the binary serves these as they are.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );

const total = { files: 0, raw: 0, gzip: 0, brotli: 0 };
for (const file of files('dist')) {
  if (/\.(br|gz)$/.test(file) || file.includes('.vite')) continue;
  // The page itself gets a fresh nonce per response and so cannot be compressed ahead.
  if (file === join('dist', 'index.html')) continue;
  const raw = readFileSync(file);
  const gzip = gzipSync(raw, { level: 9 });
  const brotli = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  total.files += 1;
  total.raw += raw.length;
  total.gzip += gzip.length;
  total.brotli += brotli.length;
  if (gzip.length < raw.length * 0.95) writeFileSync(`${file}.gz`, gzip);
  if (brotli.length < raw.length * 0.95) writeFileSync(`${file}.br`, brotli);
}
console.log(`dist: ${total.files} files, raw ${total.raw}, gzip ${total.gzip}, brotli ${total.brotli}`);
