// The schedule's page in a real browser: make a job in words, run it, read what came out, pause, delete and undo;
// a job over a kill -9; phone.
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

/** Calls the gateway as the page would. */
const call = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return answer.status === 204 ? null : answer.json();
    },
    [method, path, body],
  );

async function open({ size = {}, path = '/cron' } = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}${path}`);
  await tab.page.getByRole('heading', { name: 'Cron', level: 1 }).waitFor();
  return { ...tab, context };
}

const row = (page, name) =>
  page.locator('.job').filter({ has: page.locator('.job-name', { hasText: name }) });

test('a job is made in words, run, read, paused, deleted and brought back', async () => {
  const { page, context, unexpected } = await open();
  await page.getByText('Nothing is scheduled yet').waitFor();
  await page.getByRole('button', { name: 'New job' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('When', { exact: true }).fill('whenever');
  await form.locator('.when-wrong').waitFor();
  await form.getByLabel('When', { exact: true }).fill('every weekday at 9');
  await form.getByText('Every weekday at 09:00').waitFor();
  assert.equal(await form.locator('.times li').count(), 5);
  await form.getByRole('button', { name: 'Schedule' }).click();
  await form.getByText('Say something here.').waitFor();
  await form.getByLabel('What to ask the agent').fill('say:the news of today');
  await form.getByLabel('Name', { exact: true }).fill('Morning news');
  assert.deepEqual(await faults(page, 'cron-editor'), []);
  await form.getByRole('button', { name: 'Schedule' }).click();
  const job = row(page, 'Morning news');
  await job.locator('.job-details').waitFor();
  assert.match(page.url(), /job=/);
  await job.getByRole('button', { name: 'Run now' }).click();
  // The news of the run comes by itself.
  await job.locator('.run .badge', { hasText: 'OK' }).waitFor();
  await job.locator('.run-head').click();
  await job.getByText('the news of today', { exact: true }).waitFor();
  await job.getByRole('link', { name: 'Open its trace' }).waitFor();
  assert.deepEqual(await faults(page, 'cron'), []);
  await job.getByRole('button', { name: 'Pause', exact: true }).click();
  await job.locator('.job-next', { hasText: 'Paused' }).waitFor();
  await job.getByRole('button', { name: 'Resume', exact: true }).click();
  await job.locator('.job-next time').waitFor();
  await job.getByRole('button', { name: 'Actions for Morning news' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByText('“Morning news” was deleted.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('“Morning news” is back').waitFor();
  await job.locator('.job-name').waitFor();
  await page.goto(`${gateway.url}/overview`);
  await page.locator('.next-name', { hasText: 'Morning news' }).waitFor();
  assert.deepEqual(
    unexpected().filter((one) => !/status of 40[04]/.test(one)),
    [],
  );
  await context.close();
});

test('it is edited from its address, and a job goes through a kill -9', async () => {
  const { page, context, unexpected } = await open();
  const made = await call(page, 'POST', '/api/cron', {
    name: 'Backup',
    schedule: { kind: 'every', every_secs: 5400 },
    command: 'echo saved && sleep 60',
  });
  await row(page, 'Backup').waitFor();
  await page.goto(`${gateway.url}/cron?job=${made.id}&edit=${made.id}`);
  const form = page.getByRole('dialog');
  assert.equal(await form.getByLabel('When', { exact: true }).inputValue(), 'every 90 minutes');
  await form.getByLabel('Name', { exact: true }).fill('Nightly backup');
  await form.getByRole('button', { name: 'Save' }).click();
  const job = row(page, 'Nightly backup');
  await job.locator('.job-details').waitFor();
  assert.equal((await call(page, 'GET', `/api/cron/${made.id}`)).next_at, made.next_at);
  await job.getByRole('button', { name: 'Run now' }).click();
  await job.locator('.run .badge', { hasText: 'Running' }).waitFor();
  await gateway.crash();
  await gateway.restart();
  await job.locator('.run .badge', { hasText: 'Failed' }).waitFor();
  await job.getByText('its outcome is unknown').first().waitFor();
  assert.equal(await job.locator('.run').count(), 1);
  assert.deepEqual(
    unexpected().filter((one) => !/WebSocket|ERR_|Failed to (load|fetch)/.test(one)),
    [],
  );
  await context.close();
});

for (const scheme of ['light', 'dark'])
  test(`on a phone in ${scheme} all of it is in reach`, async () => {
    const { page, context } = await open({ size: { width: 360, height: 740, scheme } });
    const job = row(page, 'Nightly backup');
    await job.locator('.job-head').click();
    await job.locator('.times').waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, 'nothing is wider than the screen');
    assert.deepEqual(await faults(page, `cron-phone-${scheme}`), []);
    await page.screenshot({ path: `${SHOTS}/cron-phone-${scheme}.png` });
    await page.getByRole('button', { name: 'New job' }).click();
    await page.getByRole('dialog').getByLabel('When', { exact: true }).fill('every 15 minutes');
    await page.getByRole('dialog').getByText('Every 15 minutes').waitFor();
    assert.deepEqual(await faults(page, `cron-editor-phone-${scheme}`), []);
    await page.screenshot({ path: `${SHOTS}/cron-editor-phone-${scheme}.png` });
    await context.close();
  });
