// The tools' page in a real browser: found, allowed and forbidden, tried out for real, live, and on a phone.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  faults,
  newContext,
  newTab,
  pairOnce,
  SHOTS,
  say,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

let model;
let gateway;
let browser;
let state;

before(async () => {
  model = await startModel();
  gateway = await startGateway(model);
  browser = await startBrowser();
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

async function open(path = '/tools', size = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}${path}`);
  await tab.page.getByRole('heading', { name: 'Tools', level: 1 }).waitFor();
  return { ...tab, context };
}

const row = (page, name) => page.locator('.tools-row').filter({ has: page.getByText(name, { exact: true }) });
const may = (place, name) => place.getByRole('combobox', { name: `May ${name} be used?` });
const config = () => readFileSync(join(gateway.home, 'config.toml'), 'utf8');

test('a permission is changed in place, holds at once and after a reload, and is told to other tabs', async () => {
  const { page, context, unexpected } = await open();
  const other = await open('/tools?tool=time');
  await page.keyboard.press('/');
  await page.keyboard.type('clock zone');
  await page.getByText('No tool fits').waitFor();
  await page.getByRole('searchbox', { name: 'Search the tools' }).fill('time');
  await row(page, 'time').waitFor();
  assert.match(page.url(), /q=time/);
  await may(row(page, 'time'), 'time').selectOption('Never');
  await other.page.locator('.tool-may .tool-permission [data-permission="deny"]').waitFor();
  assert.match(config(), /deny = \["time"\]/);
  await page.reload();
  await row(page, 'time').waitFor();
  assert.equal(await may(row(page, 'time'), 'time').inputValue(), 'deny');
  await may(row(page, 'time'), 'time').selectOption('Default: always');
  await other.page.locator('.tool-may .tool-permission [data-permission="allow"]').waitFor();
  assert.doesNotMatch(config(), /time/);
  // What the gateway refuses is taken back, and said.
  await page.route('**/api/tools/time/permission', (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/json',
      body: JSON.stringify({ error: 'The environment says so.', code: 'CONFLICT', request_id: 'r' }),
    }),
  );
  await may(row(page, 'time'), 'time').selectOption('Never');
  await page.getByText('The environment says so.').waitFor();
  await page.locator('.tools-row .tool-permission [data-permission="allow"]').first().waitFor();
  assert.equal(await may(row(page, 'time'), 'time').inputValue(), 'default');
  assert.deepEqual(
    unexpected().filter((one) => !/status of 409/.test(one)),
    [],
  );
  assert.deepEqual(other.unexpected(), []);
  await other.context.close();
  await context.close();
});

test('a tool is tried out: what it would do, the word it needs, and what came of it', async () => {
  const { page, context, unexpected } = await open();
  await row(page, 'file_write').getByRole('link').click();
  await page.getByRole('heading', { name: 'file_write', level: 2 }).waitFor();
  await page.getByRole('link', { name: 'Try it out' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  assert.equal(await page.getByText('It cannot be left out.').count(), 2);
  await page.getByRole('textbox', { name: 'path' }).fill('notes/tea.md');
  await page.getByRole('textbox', { name: 'content' }).fill('green\n');
  await page.getByRole('button', { name: 'What would it do?' }).click();
  await page.getByText('Nothing was done.').waitFor();
  await page.locator('.act-line[data-kind="add"]', { hasText: 'green' }).waitFor();
  const file = join(gateway.home, 'workspace/notes/tea.md');
  assert.ok(!existsSync(file));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('The agent would have to ask you for this.').waitFor();
  assert.ok(!existsSync(file));
  await page.screenshot({ path: `${SHOTS}/tools-asked.png` });
  await page.getByRole('button', { name: 'Allow and run' }).click();
  await page.locator('.tool-tried').getByText('Done', { exact: true }).waitFor();
  assert.equal(readFileSync(file, 'utf8'), 'green\n');
  // What was typed outlives a look at another tool, and is the same as JSON.
  await row(page, 'file_read').getByRole('link').click();
  await page.getByRole('heading', { name: 'file_read', level: 2 }).waitFor();
  await page.goBack();
  assert.equal(await page.getByRole('textbox', { name: 'path' }).inputValue(), 'notes/tea.md');
  await page.getByRole('button', { name: 'JSON', exact: true }).click();
  const json = page.getByLabel('Arguments as JSON');
  assert.deepEqual(JSON.parse(await json.inputValue()), { path: 'notes/tea.md', content: 'green\n' });
  await json.fill('{"path": ');
  await page.getByText('This is not JSON').waitFor();
  await json.fill('{"path": "notes/tea.md", "contents": "x"}');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page
    .getByText(/`content` is near|content/)
    .last()
    .waitFor();
  await page.getByRole('alert').waitFor();

  await page.goto(`${gateway.url}/tools?tool=calculator&tab=try`);
  await page.getByRole('textbox', { name: 'expression' }).fill('1/0');
  await page.keyboard.press('Enter');
  await page.locator('.tool-tried').getByText('Failed', { exact: true }).waitFor();
  await page.getByRole('textbox', { name: 'expression' }).fill('6*7');
  await page.keyboard.press('Enter');
  await page.locator('.tool-tried .copy-block-text', { hasText: '42' }).waitFor();
  await page.getByRole('link', { name: 'Recent calls' }).click();
  await page.getByText('a division by zero').waitFor();
  assert.match(page.url(), /tab=calls/);
  await page.reload();
  await page.getByText('a division by zero').waitFor();
  assert.deepEqual(
    unexpected().filter((one) => !/status of 400/.test(one)),
    [],
  );
  await context.close();
});

test('the log says who changed what', async () => {
  const { page, context, unexpected } = await open();
  await may(row(page, 'todo'), 'todo').selectOption('Ask me');
  await page.goto(`${gateway.url}/approvals?tab=log`);
  const log = page.getByRole('list', { name: 'Log' });
  await log.getByText('tools.permissions.ask').first().waitFor();
  await log.getByText('Device paired').waitFor();
  await page.getByRole('combobox', { name: 'What about' }).selectOption('Devices');
  await log.getByText('Settings changed').first().waitFor({ state: 'detached' });
  assert.match(page.url(), /kind=device/);
  assert.deepEqual(await faults(page, 'log'), []);
  await page.screenshot({ path: `${SHOTS}/approvals-log.png` });
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('a call that waits for its owner does not look as if it ran', async () => {
  const { page, context, unexpected } = await open();
  await page.goto(`${gateway.url}/chat`);
  await page.getByText('What can I do for you?').waitFor();
  await say(page, `tool:shell ${JSON.stringify({ command: 'echo hi' })} next say:done`);
  await page.getByRole('button', { name: 'Allow once', exact: true }).waitFor();
  const card = page.locator('.tool');
  await card.getByText('Waits').waitFor();
  await page.getByRole('button', { name: 'Allow once', exact: true }).click();
  await page.locator('.tool[data-state="done"]').waitFor();
  assert.equal(await card.getByText('Waits').count(), 0);
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('who may only read sees everything and is told why nothing can be changed', async () => {
  const { page: owner, context: first } = await open();
  const made = await owner.evaluate(async () => {
    const body = JSON.stringify({ scopes: ['read'], device_name: 'reader' });
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch('/api/pairing/initiate', { method: 'POST', headers, body })).json();
  });
  await first.close();
  const context = await newContext(browser);
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/#code=${made.pairing_code}`);
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
  await page.getByRole('link', { name: 'Tools', exact: true }).first().waitFor();
  await page.goto(`${gateway.url}/tools?tool=shell&tab=try`);
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await run.waitFor();
  assert.equal(await run.getAttribute('aria-disabled'), 'true');
  assert.ok(await may(page.locator('.tool-may'), 'shell').isDisabled());
  assert.deepEqual(await faults(page, 'tools, read only'), []);
  assert.deepEqual(unexpected(), []);
  await context.close();
});

for (const [name, size] of Object.entries({
  desktop: {},
  'desktop-dark': { scheme: 'dark' },
  phone: { width: 360, height: 740 },
  'phone-dark': { width: 360, height: 740, scheme: 'dark' },
}))
  test(`it is in shape: ${name}`, async () => {
    const { page, context, unexpected } = await open('/tools', size);
    await row(page, 'shell').waitFor();
    await page.screenshot({ path: `${SHOTS}/tools-${name}.png` });
    assert.deepEqual(await faults(page, 'tools'), []);
    await row(page, 'http_request').getByRole('link').click();
    await page.getByText('As JSON Schema').click();
    await page.screenshot({ path: `${SHOTS}/tools-about-${name}.png` });
    assert.deepEqual(await faults(page, 'one tool'), []);
    await page.getByRole('link', { name: 'Try it out' }).click();
    await page.getByRole('combobox', { name: 'method' }).waitFor();
    await page.screenshot({ path: `${SHOTS}/tools-try-${name}.png` });
    assert.deepEqual(await faults(page, 'trying out'), []);
    if (size.width) {
      await page.getByRole('link', { name: 'All tools' }).click();
      await row(page, 'shell').waitFor();
    }
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
