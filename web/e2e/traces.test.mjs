// What a turn did when: the list finds it, its waterfall shows it, live and after a reload.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
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
let browser;
let gateway;
let state;
let context;
before(async () => {
  model = await startModel();
  browser = await startBrowser();
  gateway = await startGateway(model);
  state = await pairOnce(browser, gateway);
  context = await newContext(browser, { state });
});
after(async () => {
  await context?.close();
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

const post = (path, data) => context.request.post(gateway.url + path, { data });
const chat = (session_id, message) => post('/api/chat', { session_id, message });
const read = async (path) => (await context.request.get(gateway.url + path)).json();
const ASKS = `tool:shell ${JSON.stringify({ command: 'ls -la' })} next slow-first:300 say:two files`;

async function open(path, at = context) {
  const tab = await newTab(at, gateway);
  await tab.page.goto(gateway.url + path);
  return tab;
}

/** The one request that waits, once there is one. */
async function asked() {
  for (let tries = 0; tries < 100; tries += 1) {
    const { approvals } = await read('/api/approvals');
    if (approvals.length > 0) return approvals[0];
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('nothing waits for its owner');
}
const step = (page, name) => page.getByRole('treegrid').getByRole('row', { name: new RegExp(`^${name}`) });

describe('traces', () => {
  it('shows a turn with a tool and an approval as it happens, and lets its steps be looked into', async () => {
    const { page, unexpected } = await open('/traces');
    await page.getByText('No answers yet').waitFor();
    const answer = chat('files', ASKS);
    // Nobody reloads: the news bring it.
    await page.getByRole('cell', { name: 'Waiting for approval' }).waitFor();
    await page.getByRole('link', { name: /^tool:shell/ }).click();
    await page.getByRole('treegrid', { name: 'Steps' }).waitFor();
    const waiting = step(page, 'Approval');
    await waiting.getByText('Running').waitFor();
    const before = await waiting.locator('.steps-took').innerText();
    await page.waitForFunction(
      ([cell, text]) => document.querySelectorAll(cell)[0]?.textContent !== text,
      ['[data-step] .steps-took:has(~ .steps-status .status[data-tone="busy"])', before],
    );
    await page.waitForTimeout(1_500);
    const { turn_id, request_id } = await asked();
    await post(`/api/turns/${turn_id}/approvals/${request_id}`, { decision: 'approve' });
    await answer;
    await page.getByText('Answered', { exact: true }).waitFor();
    const rows = page.getByRole('treegrid').locator('[data-step]');
    await page.waitForFunction(
      () => document.querySelectorAll('[data-step] [data-tone="busy"]').length === 0,
    );
    const names = (await rows.locator('.steps-title').allInnerTexts()).filter(
      (name) => name !== 'Waiting in line',
    );
    assert.deepEqual(names, ['Prompt', 'scripted', 'shell', 'Approval', 'scripted']);
    assert.equal(await step(page, 'Approval').getAttribute('aria-level'), '2');
    await step(page, 'shell')
      .first()
      .getByText(/of it waiting for approval/)
      .waitFor({ state: 'attached' });
    await page.getByText(/^Waiting for you: /).waitFor();

    // Two steps down from the first, by the keyboard.
    await rows.first().focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/step=\d/);
    const details = page.getByRole('region', { name: 'Step', exact: true });
    await details.getByText('Allowed').waitFor();
    await page.reload();
    await details.getByText('Decided by').waitFor();
    assert.equal(await step(page, 'Approval').getAttribute('aria-selected'), 'true');

    // The wait took most of the time: it is cut out of the axis, and may be drawn in full.
    const folds = page.getByRole('switch', { name: 'Fold long waits' });
    await folds.waitFor();
    assert.equal(await folds.isChecked(), true);
    await page.getByText(/of waiting folded$/).waitFor();
    await folds.click({ force: true });
    await page.getByText(/of waiting folded$/).waitFor({ state: 'detached' });
    await page.waitForURL(/waits=drawn/);
    await details.getByRole('link', { name: 'Show the request' }).click();
    await page.waitForURL(/\/approvals\?.*request=/);
    await page.goBack();
    await page.getByRole('link', { name: 'Open in chat' }).click();
    await page.waitForURL(/\/chat\/files/);
    await page.getByText('two files').first().waitFor();
    assert.deepEqual(unexpected(), []);
    await page.close();
  });

  it('finds turns by how they ended and what they were, and keeps that in the address', async () => {
    await chat('bad', 'status:401');
    await chat('good', 'say:all is well');
    const { page, unexpected } = await open('/traces');
    const turns = page.getByRole('table', { name: 'Answers' }).locator('tbody tr');
    await page.getByRole('link', { name: 'say:all is well' }).waitFor();
    await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
    await page.waitForURL(/state=failed/);
    await page.getByRole('link', { name: 'say:all is well' }).waitFor({ state: 'detached' });
    assert.equal(await turns.count(), 1);
    await page.getByRole('textbox', { name: 'Model' }).fill('SCRIPT');
    await page.waitForURL(/model=SCRIPT/);
    await page.reload();
    await page.getByRole('link', { name: 'status:401' }).waitFor();
    assert.equal(await turns.count(), 1);
    assert.equal(await page.getByRole('combobox', { name: 'State' }).inputValue(), 'failed');
    await page.getByRole('combobox', { name: 'Took at least' }).selectOption('300000');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: 'say:all is well' }).click();
    await page.getByRole('link', { name: 'Traces of this conversation' }).click();
    await page.waitForURL(/session=good/);
    await page.getByRole('button', { name: /^In “/ }).click();
    await page.getByRole('link', { name: 'status:401' }).waitFor();
    assert.deepEqual(unexpected(), []);
    await page.goto(`${gateway.url}/traces/0192d4c0-0000-7000-8000-000000000000`);
    await page.getByRole('heading', { name: 'There is no such answer' }).waitFor();
    await page.close();
  });

  for (const scheme of ['light', 'dark'])
    for (const [width, height] of [
      [360, 740],
      [1440, 900],
    ])
      it(`is accessible and fits: ${width} px, ${scheme}`, async () => {
        const look = await newContext(browser, { width, height, scheme, state });
        const { page, unexpected } = await open('/traces', look);
        const tool = page.getByRole('link', { name: /^tool:shell/ });
        await tool.waitFor();
        await page.screenshot({ path: `${SHOTS}/traces-${width}-${scheme}.png`, fullPage: true });
        const found = await faults(page, 'traces');
        await tool.click();
        await step(page, 'Approval').click();
        await page.getByText('Decided by').waitFor();
        await page.waitForTimeout(300);
        await page.screenshot({ path: `${SHOTS}/trace-step-${width}-${scheme}.png`, fullPage: true });
        found.push(...(await faults(page, 'a step')));
        if (width < 600) {
          await page.getByRole('button', { name: 'Close the step' }).click();
          await page.getByText('Decided by').waitFor({ state: 'detached' });
          await page.screenshot({ path: `${SHOTS}/trace-${width}-${scheme}.png`, fullPage: true });
          found.push(...(await faults(page, 'trace')));
        }
        assert.deepEqual([...found, ...unexpected()], []);
        await look.close();
      });
});
