// The first minutes of a new owner, on a phone: the pairing link, a key that is wrong and one that is right, a model,
// a chat that answers, and a restart that keeps all of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  answerText,
  faults,
  finished,
  newContext,
  newTab,
  SHOTS,
  say,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

const KEY = 'sk-right-key-of-the-scripted-model-77';
const WRONG = 'sk-wrong-key-of-somebody-else-13';
const PHONE = { width: 360, height: 740 };

let browser;
let model;
let gateway;
let state;

before(async () => {
  model = await startModel('--key', KEY);
  gateway = await startGateway();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

const shot = (page, name) => page.screenshot({ path: join(SHOTS, `firstrun-${name}.png`) });
const address = (page) => page.getByLabel('Base URL');
const key = (page) => page.getByRole('textbox', { name: /^API key/ });
const test_ = (page) => page.getByRole('button', { name: /^Test the connection|^Try again/ });

test('a pairing link opens the door, and the door leads to the welcome', async () => {
  const context = await newContext(browser, PHONE);
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/#code=${gateway.code}`);
  await page.getByText('The link brought the code along').waitFor();
  assert.equal(await page.getByLabel('Pairing code').inputValue(), gateway.code);
  assert.equal(new URL(page.url()).hash, '', 'the code is out of the address');
  await shot(page, 'pairing-phone');
  const found = await faults(page, 'pairing');
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
  await page.getByRole('heading', { name: 'Where should the answers come from?' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/welcome');
  await shot(page, 'welcome-phone');
  assert.deepEqual([...found, ...(await faults(page, 'welcome')), ...unexpected()], []);
  state = await context.storageState();
  await context.close();
});

test('a wrong key is said, a right one brings the models, and the chat answers', async () => {
  const context = await newContext(browser, { ...PHONE, state });
  const { page, unexpected } = await newTab(context, gateway);
  const began = Date.now();
  await page.goto(gateway.url);
  await page.getByRole('button', { name: /^OpenAI-compatible server/ }).click();
  assert.equal(new URL(page.url()).search, '?with=compatible');
  assert.ok(await test_(page).isDisabled(), 'there is nothing to test yet');
  await address(page).fill(model.url);
  await key(page).fill(WRONG);
  await test_(page).click();
  const refusal = page.getByRole('alert').filter({ hasText: 'does not accept this key' });
  await refusal.waitFor();
  assert.ok(!(await refusal.innerText()).includes(WRONG), 'the key is not repeated');
  await refusal.getByText(/^Request /).waitFor();
  assert.equal(await page.locator('.connect [data-error] input').count(), 1, 'one field is at fault');
  await shot(page, 'wrong-key-phone');
  const found = await faults(page, 'wrong key');

  // Pasted with what people copy along; a whole key needs no further button.
  await key(page).fill('');
  await key(page).evaluate((field, text) => {
    const data = new DataTransfer();
    data.setData('text', text);
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, `export OPENAI_API_KEY="${KEY}"\n`);
  await page.getByText(/^It works: the server answered in .* with 2 models\.$/).waitFor();
  assert.equal(await address(page).inputValue(), `${model.url}/v1`, 'the version was found');
  assert.ok(await page.getByRole('radio', { name: /^test-model Recommended/ }).isChecked());
  await page.getByRole('radio', { name: 'test-model-mini' }).check();
  await shot(page, 'models-phone');
  found.push(...(await faults(page, 'models')));
  await page.getByRole('button', { name: 'Start chatting' }).click();
  await page.getByText('What can I do for you?').waitFor();
  await say(page, 'say:first words');
  await finished(page);
  assert.equal(await answerText(page), 'first words');
  assert.ok(Date.now() - began < 120_000, 'all of it within two minutes');
  await shot(page, 'chat-phone');
  // The browser writes down the refusal that was looked for.
  assert.deepEqual([...found, ...unexpected().filter((line) => !/status of 400/.test(line))], []);
  state = await context.storageState();
  await context.close();
});

test('a restart keeps it, the key is sealed, and the front door leads to the chat', async () => {
  await gateway.crash();
  await gateway.restart();
  const text = readFileSync(join(gateway.home, 'config.toml'), 'utf8');
  assert.ok(!text.includes(KEY) && text.includes('test-model-mini'), text);
  const context = await newContext(browser, { state });
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(gateway.url);
  await page.getByText('What can I do for you?').waitFor();
  await page.goto(`${gateway.url}/provider`);
  const card = page.getByRole('listitem').filter({ hasText: 'OpenAI-compatible' }).first();
  await card.getByText('In use').waitFor();
  await card.getByText('Saved, encrypted').waitFor();
  await card.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'Test the connection' }).click();
  await card.getByText(/^It works: /).waitFor();
  await shot(page, 'providers');
  const found = await faults(page, 'providers');
  await say(await chatOf(page), 'say:still here');
  await finished(page);
  assert.equal(await answerText(page), 'still here');
  assert.deepEqual([...found, ...unexpected()], []);
  await context.close();
});

async function chatOf(page) {
  await page.goto(`${gateway.url}/chat`);
  return page;
}

test('providers are added beside each other, used in turn, and removed', async () => {
  const context = await newContext(browser, { state });
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/provider`);
  await page.getByRole('button', { name: 'Add a provider' }).click();
  await page.getByRole('button', { name: /^OpenAI-compatible server/ }).click();
  await address(page).fill(`${model.url}/v1`);
  await key(page).fill(KEY);
  await test_(page).click();
  await page.getByLabel('Name').fill('second');
  await page.getByLabel('Use it for new messages').uncheck();
  await shot(page, 'add');
  const found = await faults(page, 'add');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const second = page.getByRole('listitem').filter({ hasText: 'second' }).first();
  await second.waitFor();
  assert.equal(await second.getByText('In use').count(), 0);
  await page.getByRole('button', { name: 'Use second' }).click();
  await second.getByText('In use').waitFor();

  await second.getByRole('button', { name: 'More for second' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  assert.equal(new URL(page.url()).search, '?edit=second');
  // The saved key is enough to see the models again.
  await page.getByText(/^It works: /).waitFor();
  await page.getByRole('radio', { name: /^test-model-mini/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await second.getByText('test-model-mini').waitFor();

  await second.getByRole('button', { name: 'More for second' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove second?' });
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await second.waitFor({ state: 'detached' });
  await page.getByRole('listitem').filter({ hasText: 'In use' }).first().waitFor();
  assert.deepEqual([...found, ...unexpected()], []);
  await context.close();
});

test('the pages are sound by day and by night, wide and narrow', async () => {
  const found = [];
  for (const scheme of ['light', 'dark'])
    for (const size of [{ width: 1440, height: 900 }, PHONE]) {
      const context = await newContext(browser, { ...size, scheme, state });
      const { page, unexpected } = await newTab(context, gateway);
      const name = `${scheme}-${size.width}`;
      for (const [page_, path, sign] of [
        ['welcome', '/welcome', (page) => page.getByRole('button', { name: /^Anthropic/ })],
        ['key', '/welcome?with=anthropic', key],
        ['server', '/welcome?with=compatible', address],
        ['providers', '/provider', (page) => page.getByText('Saved, encrypted')],
        ['kinds', '/provider?add=any', (page) => page.getByRole('button', { name: /^Anthropic/ })],
      ]) {
        await page.goto(`${gateway.url}${path}`);
        await sign(page).waitFor();
        await shot(page, `${page_}-${name}`);
        found.push(...(await faults(page, `${page_} ${name}`)));
      }
      found.push(...unexpected());
      await context.close();
    }
  assert.deepEqual(found, []);
});
