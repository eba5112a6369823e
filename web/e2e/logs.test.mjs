// The log and the news in a real browser: live, paused, searched, narrowed, a line's details, levels, kill -9, phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

async function open(path, size = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}${path}`);
  return { ...tab, context };
}

/** Has the agent asked, as another program would. */
const ask = (page, message, session) =>
  page.evaluate(
    async ([message, session_id]) => {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ message, session_id });
      await (await fetch('/api/chat', { method: 'POST', headers, body })).text();
    },
    [message, session],
  );

const lines = (page, text) => page.locator('.log-row').filter({ hasText: text });
const failed = (problems) => problems.filter((one) => !/status of (502|400)/.test(one));

test('the log comes by itself, waits while one reads, and leads from a failure to its turn', async () => {
  const { page, context, unexpected } = await open('/logs');
  await page.getByText('Live', { exact: true }).waitFor();
  await ask(page, 'say:hello', 'first');
  await lines(page, 'turn ended').first().waitFor();
  await page.keyboard.press('p');
  await page.getByText('Paused', { exact: true }).waitFor();
  const shown = await lines(page, 'turn ended').count();
  await ask(page, 'status:500', 'second');
  const waiting = page.getByRole('button', { name: /new lines?/ });
  await waiting.waitFor();
  assert.equal(await lines(page, 'turn ended').count(), shown);
  await waiting.click();
  await page.getByText('Live', { exact: true }).waitFor();
  const ended = lines(page, 'PROVIDER_ERROR');
  await ended.waitFor();
  await ended.click();
  const details = page.getByRole('dialog', { name: 'Log line' });
  await details.getByText('turn ended').waitFor();
  assert.match(page.url(), /open=\d+/);
  // The address is enough to come back to the line.
  await page.reload();
  await details.getByRole('link', { name: 'Open the conversation' }).waitFor();
  assert.deepEqual(await faults(page, 'log line'), []);
  await details.getByRole('button', { name: 'Only lines of this turn' }).click();
  await page.getByRole('button', { name: /^turn / }).waitFor();
  await lines(page, 'model call failed').waitFor();
  assert.equal(await lines(page, 'answered').count(), 0);
  assert.deepEqual(failed(unexpected()), []);
  await context.close();
});

test('it is searched and narrowed in its address, and taken along', async () => {
  const { page, context, unexpected } = await open('/logs');
  await page.getByRole('listbox').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('code=PROVIDER');
  await page.locator('.log-row mark').first().waitFor();
  assert.match(page.url(), /q=code/);
  await page.getByLabel('Level', { exact: true }).selectOption('error');
  await page.getByText('No line fits').waitFor();
  await page.goBack();
  await lines(page, 'turn ended').waitFor();
  await page.getByRole('button', { name: 'Download' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Plain text' }).click(),
  ]);
  assert.match(file.suggestedFilename(), /^clawgate-.*\.log$/);
  await page.getByRole('button', { name: 'Search with a regular expression' }).click();
  await page.getByRole('searchbox').fill('turn (');
  await page
    .getByText(/unclosed group/)
    .first()
    .waitFor();
  await page.getByRole('searchbox').fill('turn e[mn]ded');
  await lines(page, 'turn ended').nth(1).waitFor();
  // The keys of the strip choose a time; what is in it stays.
  const strip = page.getByRole('slider');
  await strip.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.press('Enter');
  await page.waitForURL(/from=.*to=/);
  await lines(page, 'turn ended').nth(1).waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByRole('button', { name: 'Modules' }).click();
  await page.getByRole('button', { name: 'Hide clawgate::gateway::middleware::watch' }).click();
  await page.keyboard.press('Escape');
  await lines(page, 'turn ended').first().waitFor();
  assert.equal(await lines(page, 'answered').count(), 0);
  assert.deepEqual(failed(unexpected()), []);
  await context.close();
});

test('what is logged is changed while it runs, and the log outlives a crash', async () => {
  const { page, context } = await open('/logs?q=model%20answered');
  await page.getByText('No line fits').waitFor();
  await page.getByRole('button', { name: 'Levels' }).click();
  const levels = page.getByRole('dialog', { name: 'What is logged' });
  await levels.getByLabel('Another module').fill('clawgate::agent');
  await levels.getByRole('button', { name: 'Set', exact: true }).click();
  await levels.getByText('info,clawgate::agent=debug').waitFor();
  await page.screenshot({ path: `${SHOTS}/logs-levels.png` });
  assert.deepEqual(await faults(page, 'levels'), []);
  await page.keyboard.press('Escape');
  await ask(page, 'say:loud', 'first');
  await lines(page, 'model answered').waitFor();
  await gateway.crash();
  await page.locator('.logs-link', { hasText: 'Reconnecting' }).waitFor();
  await gateway.restart();
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
  assert.equal(await lines(page, 'model answered').count(), 1);
  await page.reload();
  await lines(page, 'model answered').waitFor();
  await context.close();
});

test('the news come by themselves, by type, with what they say', async () => {
  const { page, context, unexpected } = await open('/events');
  await page.getByText('Live', { exact: true }).waitFor();
  await ask(page, 'say:news', 'third');
  const row = (name) => page.locator('.event-row').filter({ hasText: name });
  await row('Turn ended').first().waitFor();
  await page.getByRole('button', { name: /^Model answered/ }).click();
  await page.waitForURL(/types=llm_response/);
  assert.equal(await row('Turn ended').count(), 0);
  await row('Model answered').first().click();
  const details = page.getByRole('dialog', { name: 'Event' });
  await details.getByText('"type": "llm_response"').waitFor();
  assert.deepEqual(await faults(page, 'event'), []);
  await details.getByRole('link', { name: 'Its lines in the log' }).click();
  await page.waitForURL(/\/logs\?turn=/);
  await lines(page, 'turn ended').waitFor();
  assert.deepEqual(unexpected(), []);
  await context.close();
});

for (const [name, size] of Object.entries({
  desktop: {},
  'desktop-dark': { scheme: 'dark' },
  phone: { width: 360, height: 740 },
  'phone-dark': { width: 360, height: 740, scheme: 'dark' },
}))
  test(`they are in shape: ${name}`, async () => {
    for (const [path, row] of [
      ['/logs', '.log-row'],
      ['/events', '.event-row'],
    ]) {
      const { page, context, unexpected } = await open(path, size);
      await page.locator(row).first().waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      await page.screenshot({ path: `${SHOTS}${path}-${name}.png` });
      assert.deepEqual(await faults(page, path), []);
      assert.deepEqual(unexpected(), []);
      await context.close();
    }
  });
