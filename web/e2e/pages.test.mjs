// Every page that there is: by day and by night, narrow and wide, with a mouse and without one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  composer,
  faults,
  finished,
  newContext,
  newTab,
  pairOnce,
  SHOTS,
  say,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

const LONG = [
  '## What I found',
  'I ran the benchmark three times on an idle machine and looked at where the samples fall. Most of the time goes into looking ahead, very little into building the tree.',
  'The parser spends **61 %** of its time in `peek_token`, so I would fix that first.',
  '1. The lexer copies every token; borrowing is enough.\n2. `HashMap` lookups can be a `match`.',
  '```rust\npub fn peek(&mut self) -> Option<&Token> {\n    self.buf.as_ref() // no copy\n}\n```',
  '| case | before | after |\n|---|---:|---:|\n| small | 1.2 µs | 0.7 µs |\n| large | 840 µs | 410 µs |',
  'Nothing else in the profile is worth touching yet. With both changes the large case fits into one frame, and the small one is not slower than before. I kept the old lexer beside the new one until you have had a look.',
  '- [x] read the notes\n- [ ] run the benchmark\n\nSee ![graph](https://elsewhere.example/leak) or [the notes](https://elsewhere.example/notes).',
].join('\n\n');

let model;
let browser;
let gateway;
let state;
/** Name and address of each page: those of the navigation, and those that are reached in other ways. */
const pages = [];
before(async () => {
  model = await startModel();
  browser = await startBrowser();
  gateway = await startGateway(model);
  state = await pairOnce(browser, gateway);
  const context = await newContext(browser, { state });
  const { page } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/chat`);
  await composer(page).waitFor();
  pages.push(['new chat', '/chat']);
  await say(page, `think:Where does the time go? say:${LONG}`);
  await finished(page);
  const conversation = new URL(page.url()).pathname;
  pages.push(['chat', conversation]);
  const renamed = await page.request.patch(`${gateway.url}/api/sessions${conversation.slice(5)}`, {
    data: { title: 'Why is the parser slow?' },
  });
  assert.ok(renamed.ok());
  for (const [key, content] of [
    ['dog', 'The dog is called Rex and eats at noon.'],
    ['coffee', 'Black, in the morning, never with sugar.'],
  ]) {
    const kept = await page.request.post(`${gateway.url}/api/memory`, { data: { key, content } });
    assert.ok(kept.ok(), await kept.text());
  }
  const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  for (const link of await links.all()) {
    const path = new URL(await link.getAttribute('href'), gateway.url).pathname;
    if (!path.startsWith('/chat')) pages.push([path.slice(1), path]);
  }
  assert.ok(pages.length >= 6, `the navigation leads to ${pages.map(([name]) => name).join(', ')}`);
  pages.push(['appearance', '/appearance'], ['first run', '/welcome'], ['missing', '/nowhere']);
  await context.close();
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

/** All of it is there: nothing is still drawn as a placeholder, no picture or style is on its way. */
async function settled(page, name) {
  if (name === 'chat') await page.locator('.hljs-keyword').first().waitFor();
  else if (name === 'new chat') await composer(page).waitFor();
  else await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(
    () =>
      document.querySelector('.mantine-Skeleton-root, [aria-busy=true]') === null &&
      document.getAnimations().every((one) => one.playState !== 'running'),
  );
}

describe('every page', () => {
  for (const scheme of ['light', 'dark'])
    for (const [width, height] of [
      [360, 740],
      [768, 1024],
      [1440, 900],
    ])
      it(`is accessible, stays at home and fits: ${width} px, ${scheme}`, async () => {
        const found = [];
        const look = async (page, name, unexpected) => {
          await page.screenshot({ path: `${SHOTS}/${name.replace(' ', '-')}-${width}-${scheme}.png` });
          found.push(...(await faults(page, name)), ...unexpected().map((problem) => `${name}: ${problem}`));
        };
        const stranger = await newContext(browser, { width, height, scheme });
        const tab = await newTab(stranger, gateway);
        await tab.page.goto(gateway.url);
        await tab.page.getByRole('textbox', { name: 'Pairing code' }).waitFor();
        await look(tab.page, 'pairing', tab.unexpected);
        await stranger.close();

        const context = await newContext(browser, { width, height, scheme, state });
        for (const [name, path] of pages) {
          const { page, unexpected } = await newTab(context, gateway);
          await page.goto(gateway.url + path);
          await settled(page, name);
          await look(page, name, unexpected);
          const themed = await page.evaluate(() => document.documentElement.dataset.mantineColorScheme);
          assert.equal(themed, scheme);
          if (name === 'chat' && width === 1440 && scheme === 'light' && process.env.DOCS_SCREENSHOT)
            await page.screenshot({ path: process.env.DOCS_SCREENSHOT });
          if (name === 'chat' && width < 600) {
            await page.getByRole('button', { name: 'Conversations' }).click();
            await page.getByRole('dialog').getByRole('link', { name: 'New chat' }).waitFor();
            await settled(page, 'drawer');
            await look(page, 'conversations', unexpected);
          }
          await page.close();
        }
        await context.close();
        assert.deepEqual(found, []);
      });

  it('is walked through with the keyboard alone, and one always sees where one is', async () => {
    const context = await newContext(browser, { state });
    const { page, unexpected } = await newTab(context, gateway);
    const found = [];
    for (const [name, path] of pages) {
      await page.goto(gateway.url + path);
      await settled(page, name);
      await page.evaluate(() => document.activeElement?.blur());
      const met = new Set();
      for (let step = 0; step < 120; step++) {
        await page.keyboard.press('Tab');
        const seen = await page.evaluate(() => {
          const node = document.activeElement;
          if (!node || node === document.body) return null;
          globalThis.places ??= new Map();
          if (!globalThis.places.has(node)) globalThis.places.set(node, globalThis.places.size);
          const label = node.getAttribute('aria-label') ?? node.labels?.[0]?.innerText ?? node.innerText;
          // What is drawn around it may be drawn by what holds it: a field by its frame.
          const still = () => {
            for (const one of document.getAnimations()) one.finish();
          };
          still();
          const marked = [];
          for (let one = node, up = 0; one && up < 4; one = one.parentElement, up++) {
            const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(one);
            marked.push([outlineStyle === 'none' ? '' : outlineWidth, boxShadow, borderColor].join(' '));
          }
          node.blur();
          getComputedStyle(node).borderColor;
          still();
          const bare = [];
          for (let one = node, up = 0; one && up < 4; one = one.parentElement, up++) {
            const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(one);
            bare.push([outlineStyle === 'none' ? '' : outlineWidth, boxShadow, borderColor].join(' '));
          }
          node.focus({ preventScroll: true, focusVisible: true });
          // A choice of several is drawn by its label.
          const own = node.getBoundingClientRect();
          const box = own.width > 0 ? own : (node.labels?.[0] ?? node).getBoundingClientRect();
          return {
            place: globalThis.places.get(node),
            what: `${node.tagName.toLowerCase()} ${(label ?? '').trim().slice(0, 40) || node.className}`,
            named: (label ?? node.title ?? '').trim() !== '' || node.hasAttribute('aria-labelledby'),
            visible: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
            ring: marked.some((mark, up) => mark !== bare[up]),
          };
        });
        // The walk may begin anywhere: after the last place come the browser's own, then the first.
        if (!seen) continue;
        if (met.has(seen.place)) break;
        met.add(seen.place);
        if (!seen.named) found.push(`${name}: ${seen.what} has no name`);
        if (!seen.visible) found.push(`${name}: ${seen.what} is off the screen`);
        if (!seen.ring) found.push(`${name}: ${seen.what} looks the same with the focus`);
      }
      assert.ok(met.size >= 5, `${name}: only ${met.size} places are reached`);
    }
    assert.deepEqual([...found, ...unexpected()], []);
    await context.close();
  });
});
