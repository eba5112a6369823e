// Draws the pictures that browsers and phones want from the one drawing, assets/logo.svg: `node scripts/icons.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const GROUND = '#0c6d80';
const drawing = readFileSync('../assets/logo.svg', 'utf8');
/** Phones cut their own corners: there the ground goes to the edge and the mark keeps away from it. */
const bleeding = (size) =>
  drawing.replace(/rx="\d+"/, '').replace('viewBox="0 0 64 64"', `viewBox="${size}"`);

const PICTURES = [
  ['icon-192.png', 192, drawing],
  ['icon-512.png', 512, drawing],
  ['icon-maskable-512.png', 512, bleeding('-9 -9 82 82')],
  ['apple-touch-icon.png', 180, bleeding('-3 -3 70 70')],
];

/** The oldest format for a tab's picture may hold a PNG as it is. */
function ico(png, size) {
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.writeUInt8(size, 6);
  head.writeUInt8(size, 7);
  head.writeUInt16LE(1, 10);
  head.writeUInt16LE(32, 12);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(22, 18);
  return Buffer.concat([head, png]);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();
async function draw(size, svg) {
  await page.setViewportSize({ width: size, height: size });
  const edge = svg === drawing ? 'transparent' : GROUND;
  const picture = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<body style="margin:0;background:${edge}"><img src="${picture}" width="${size}" height="${size}" style="display:block">`,
  );
  await page.locator('img').evaluate((image) => image.decode());
  return page.screenshot({ omitBackground: true });
}
for (const [name, size, svg] of PICTURES) writeFileSync(`public/${name}`, await draw(size, svg));
writeFileSync('public/favicon.ico', ico(await draw(32, drawing), 32));
writeFileSync('public/favicon.svg', drawing);
await browser.close();
