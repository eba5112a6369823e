// The page in every language: chosen, kept, spoken everywhere, and fitting on a phone.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { runnerImport } from 'vite';
import {
  faults,
  newContext,
  newTab,
  pairOnce,
  SHOTS,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

const read = async (file) =>
  (await runnerImport(`./src/i18n/${file}`, { configFile: false, logLevel: 'error' })).module;
/** Every word of a language, those that come with their pages included. */
async function catalogue(tag) {
  const { en, default: words = en } = await read(`${tag}/index.ts`);
  const pages = readdirSync(`src/i18n/${tag}/pages`).map((name) => read(`${tag}/pages/${name}`));
  return Object.assign({}, words, ...(await Promise.all(pages)));
}
const en = await catalogue('en');
const LANGUAGES = { de: 'Deutsch', 'zh-Hans': '简体中文' };
/** The same in the language's own way of writing: a day, and a number of five digits. */
const SPOKEN = {
  de: { day: /^\d\d?\.\d\d?\.\d{4}|^\d\d?\. \p{L}+\.? \d{4}|^\d\d\.\d\d\.\d{4}/u, letters: '12.345 Zeichen' },
  'zh-Hans': { day: /^\d{4}年\d+月\d+日/, letters: '12,345 个字符' },
};

let model;
let browser;
let gateway;
let state;
const words = {};
before(async () => {
  for (const tag of Object.keys(LANGUAGES)) words[tag] = await catalogue(tag);
  model = await startModel();
  browser = await startBrowser();
  gateway = await startGateway(model);
  state = await pairOnce(browser, gateway);
  const context = await newContext(browser, { state });
  for (const [path, data] of [
    ['/api/chat', { session_id: 'lake', message: 'say:The lake is **calm**.' }],
    ['/api/memory', { key: 'dog', content: 'Rex is a poodle.', category: 'core' }],
  ]) {
    const answer = await context.request.post(gateway.url + path, { data });
    assert.ok(answer.ok(), `${path}: ${await answer.text()}`);
  }
  await context.close();
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

function* phrases(part) {
  if (typeof part === 'string') yield part;
  else if (typeof part === 'function') {
    // What is filled in may be anything.
    const marks = ['\u{e000}', '\u{e001}', '\u{e002}', '\u{e003}'].slice(0, part.length);
    yield part(...marks).replace(/[\u{e000}-\u{e003}]|NaN/gu, '\u{e000}');
  } else for (const inner of Object.values(part)) yield* phrases(inner);
}
const asPattern = (phrase) =>
  new RegExp(
    `^${phrase
      .split('\u{e000}')
      .map((piece) => RegExp.escape?.(piece) ?? piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
    's',
  );

/** What English alone says: words that are the same in both languages tell nothing. */
function english(tag) {
  const theirs = new Set(phrases(words[tag]));
  return [...new Set(phrases(en))]
    .filter((phrase) => !theirs.has(phrase) && /[A-Za-z]{3}/.test(phrase))
    .map(asPattern);
}

/** Every text and label of the page. */
const said = (page) =>
  page.evaluate(() => {
    const found = new Set([document.title]);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, data } = walker.currentNode;
      if (!parentElement.closest('script, style, svg, code, .mono')) found.add(data.trim());
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-tip'])
      for (const node of document.querySelectorAll(`[${name}]`)) found.add(node.getAttribute(name).trim());
    return [...found].filter(Boolean);
  });

async function leftInEnglish(page, tag) {
  const patterns = english(tag);
  return (await said(page)).filter((text) => patterns.some((pattern) => pattern.test(text)));
}

/** What does not fit its button, its tab or its line of the sidebar. */
const cut = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, .mantine-Button-label, .tab .side-label, .side-item .side-label')]
      .filter((node) => node.clientWidth > 1 && node.scrollWidth > node.clientWidth + 1)
      .map((node) => `cut: ${node.textContent || node.getAttribute('aria-label')}`),
  );

async function open(tag, path, how = {}) {
  const context = await newContext(browser, { state, ...how });
  await context.addInitScript((chosen) => {
    localStorage.setItem('clawgate-language', chosen);
  }, tag);
  const tab = await newTab(context, gateway);
  await tab.page.goto(gateway.url + path);
  await tab.page.locator(`html[lang=${tag}]`).waitFor();
  return { ...tab, context };
}

const PAGES = [
  ['chat', '/chat', (w) => w.chat.emptyTitle],
  ['conversation', '/chat/lake', () => 'calm'],
  ['overview', '/overview', (w) => w.overview.well],
  ['memory', '/memory', () => 'Rex is a poodle.'],
  ['remember', '/memory', (w) => w.memory.contentLabel, (w) => w.memory.add],
  ['devices', '/devices', (w) => w.devices.thisDevice],
  ['add a device', '/devices', (w) => w.devices.expiresIn('').trim(), (w) => w.devices.add],
  ['providers', '/provider', (w) => w.provider.inUse],
  ['add a provider', '/provider?add=any', (w) => w.provider.choices.ollama.about],
  ['connect', '/provider?add=compatible', (w) => w.provider.baseUrl],
  ['welcome', '/welcome', (w) => w.welcome.title],
  ['appearance', '/appearance', (w) => w.appearance.densityHint],
  ['nowhere', '/nowhere', (w) => w.errors.notFoundTitle],
];

for (const [tag, name] of Object.entries(LANGUAGES))
  describe(name, () => {
    it('is chosen on the page, spoken at once and after a reload, and given back', async () => {
      const w = words[tag];
      const context = await newContext(browser, { state });
      const { page, unexpected } = await newTab(context, gateway);
      await page.goto(`${gateway.url}/appearance`);
      await page.getByText(en.appearance.densityHint).waitFor();
      assert.ok((await leftInEnglish(page, tag)).length > 20, 'English is known where it stands');
      await page.getByRole('combobox', { name: en.appearance.language }).selectOption(name);
      await page.getByRole('heading', { level: 1, name: w.appearance.title }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), tag);
      assert.match(await page.title(), new RegExp(w.appearance.title));
      await page.reload();
      await page.getByRole('heading', { level: 1, name: w.appearance.title }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), tag);
      const language = page.getByRole('combobox', { name: w.appearance.language });
      assert.equal(await language.inputValue(), tag);
      await language.selectOption('system');
      await page.getByRole('heading', { level: 1, name: en.appearance.title }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
      assert.deepEqual(unexpected(), []);
      await context.close();
    });

    it('writes dates and numbers its own way', async () => {
      const w = words[tag];
      const { page, context } = await open(tag, '/devices');
      const paired = page.locator('.device time').first();
      await paired.waitFor();
      assert.match(await paired.getAttribute('title'), SPOKEN[tag].day);
      await page.goto(`${gateway.url}/chat`);
      await page.getByRole('textbox', { name: w.chatList.placeholder }).fill('x'.repeat(12_345));
      await page.getByText(SPOKEN[tag].letters).waitFor();
      await context.close();
    });

    it('leaves nothing in English, and fits on a phone as on a screen', async () => {
      const found = [];
      for (const size of [
        { width: 360, height: 740 },
        { width: 1440, height: 900 },
      ]) {
        const { page, context, unexpected } = await open(tag, '/chat', size);
        for (const [what, path, sign, press] of PAGES) {
          const where = `${what} ${tag} ${size.width}`;
          await page.goto(gateway.url + path);
          if (press) await page.getByRole('button', { name: press(words[tag]), exact: true }).click();
          await page.getByText(sign(words[tag])).first().waitFor();
          await page.screenshot({ path: `${SHOTS}/${where.replaceAll(' ', '-')}.png` });
          found.push(...(await faults(page, where)));
          for (const text of [...(await leftInEnglish(page, tag)), ...(await cut(page))])
            found.push(`${where}: ${text}`);
        }
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox', { name: words[tag].palette.placeholder }).waitFor();
        for (const text of await leftInEnglish(page, tag)) found.push(`palette ${size.width}: ${text}`);
        found.push(...unexpected());
        await context.close();
      }
      assert.deepEqual(found, []);
    });

    it('is there before pairing', async () => {
      const w = words[tag];
      const found = [];
      for (const width of [360, 1440]) {
        const { page, context } = await open(tag, '/', { width, height: 740, state: undefined });
        await page.getByRole('heading', { level: 1, name: w.pairing.title }).waitFor();
        await page.screenshot({ path: `${SHOTS}/pairing-${tag}-${width}.png` });
        found.push(...(await faults(page, `pairing ${width}`)), ...(await leftInEnglish(page, tag)));
        await context.close();
      }
      assert.deepEqual(found, []);
    });
  });
