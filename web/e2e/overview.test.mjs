// The overview: it is kept up to date by the news alone, across gaps and restarts, and stops what runs.
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
const named = (id, title) => context.request.patch(`${gateway.url}/api/sessions/${id}`, { data: { title } });

/** The overview in a tab that counts what it asks the gateway for. */
async function open(path = '/overview') {
  const { page, unexpected } = await newTab(context, gateway);
  const asked = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) asked.push(pathname);
  });
  await page.goto(gateway.url + path);
  await page.getByRole('heading', { name: 'Running now' }).waitFor();
  return { page, unexpected, asked };
}

const panel = (page, name) => page.getByRole('region', { name });

describe('the overview', () => {
  it('shows what is asked for elsewhere as it happens, leads to it and stops it', async () => {
    const { page, unexpected, asked } = await open();
    await page.getByText('All is well').waitFor();
    await page.getByText('Nothing is running').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const running = chat('parser', 'hold:stop say:I am looking into it');
    await panel(page, 'Running now').getByText('Answering').waitFor();
    await named('parser', 'Why is the parser slow?');
    await panel(page, 'Running now')
      .getByRole('link', { name: 'Why is the parser slow?', exact: true })
      .waitFor();
    const waits = chat('parser', 'and after that the lexer');
    await page.getByRole('button', { name: 'Withdraw the message in “Why is the parser slow?”' }).click();
    await panel(page, 'Running now').getByText('Waiting').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Stop the answer in “Why is the parser slow?”' }).click();
    await page.getByText('Nothing is running').waitFor();
    await panel(page, 'Latest')
      .getByText(/^Stopped · /)
      .first()
      .waitFor();
    await Promise.all([running, waits]);

    await chat('trip', 'say:Three days are enough');
    await named('trip', 'The trip to Lisbon');
    const link = panel(page, 'Latest').getByRole('link', { name: 'The trip to Lisbon' });
    await link.waitFor();
    await page.getByRole('img', { name: /^Answers in the last 24 hours: 3, none failed/ }).waitFor();

    // No news, no questions.
    await page.waitForTimeout(1_500);
    asked.length = 0;
    await page.waitForTimeout(3_000);
    assert.deepEqual(asked, []);
    await link.click();
    await page.getByText('Three days are enough').first().waitFor();
    assert.equal(new URL(page.url()).pathname, '/chat/trip');
    assert.deepEqual(unexpected(), []);
    await page.close();
  });

  it('says what is not well and what to do about it, and lists trouble by itself', async () => {
    const { page, unexpected } = await open();
    await chat('bad', 'status:401');
    await page.getByText('Needs a look: Model provider').waitFor();
    const health = panel(page, 'Health');
    await health.getByText(/answered 401/).waitFor();
    await health.getByRole('link', { name: 'Check the provider' }).waitFor();
    await page.getByText('Trouble', { exact: true }).click();
    await page.waitForURL(/show=trouble/);
    const latest = panel(page, 'Latest');
    await latest
      .getByText(/^Failed · /)
      .first()
      .waitFor();
    assert.equal(await latest.getByText(/^Answered · /).count(), 0);
    await page.reload();
    await panel(page, 'Latest')
      .getByText(/^Failed · /)
      .first()
      .waitFor();
    await chat('bad', 'say:better');
    await page.getByText('All is well').waitFor();
    assert.deepEqual(unexpected(), []);
    await page.close();
  });

  it('keeps the time shown in its address, and has its figures as a table', async () => {
    const { page, unexpected } = await open();
    await page.getByText('7 d', { exact: true }).click();
    await page.waitForURL(/range=7d/);
    await page.getByRole('img', { name: /^Tokens in the last 7 days/ }).waitFor();
    await page.getByRole('button', { name: 'As a table' }).click();
    const table = page.getByRole('table');
    await table.getByRole('columnheader', { name: 'Tokens written' }).waitFor();
    assert.ok((await table.getByRole('row').count()) >= 2);
    await page.goto(`${gateway.url}/overview?range=1h`);
    await page.getByRole('img', { name: /^Answers in the last 1 hour/ }).waitFor();
    assert.deepEqual(unexpected(), []);
    await page.close();
  });

  it('catches up after the gateway was away', async () => {
    const { page } = await open();
    const before = page.getByRole('img', { name: /^Answers in the last 24 hours: \d+/ });
    await before.waitFor();
    await gateway.crash();
    await page.getByText(/Not connected: as of/).waitFor();
    await gateway.restart();
    await chat('later', 'say:while nobody looked');
    await named('later', 'While nobody looked');
    await panel(page, 'Latest')
      .getByRole('link', { name: 'While nobody looked' })
      .waitFor({ timeout: 60_000 });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.close();
  });

  it('a device that may only read sees it all and stops nothing', async () => {
    const made = await post('/api/pairing/initiate', { scopes: ['read'] });
    const { pairing_code: code } = await made.json();
    const visitor = await newContext(browser);
    const { page, unexpected } = await newTab(visitor, gateway);
    await page.goto(`${gateway.url}/overview#code=${code}`);
    await page.getByRole('button', { name: 'Pair', exact: true }).click();
    await page
      .getByText(/may only read/)
      .first()
      .waitFor();
    const running = chat('parser', 'hold:read say:still here');
    const stop = page.getByRole('button', { name: /^Stop the answer/ });
    await stop.waitFor();
    assert.equal(await stop.getAttribute('aria-disabled'), 'true');
    await stop.click({ force: true });
    await page.waitForTimeout(300);
    await panel(page, 'Running now').getByText('Answering').waitFor();
    await model.release('read');
    await page.getByText('Nothing is running').waitFor();
    await running;
    assert.deepEqual(unexpected(), []);
    await visitor.close();
  });

  for (const scheme of ['light', 'dark'])
    for (const [width, height] of [
      [360, 740],
      [1440, 900],
    ])
      it(`is accessible and fits with something to show: ${width} px, ${scheme}`, async () => {
        const look = await newContext(browser, { width, height, scheme, state });
        const { page, unexpected } = await newTab(look, gateway);
        const running = chat('parser', `hold:look-${width}-${scheme} say:I am at it`);
        await page.goto(`${gateway.url}/overview`);
        await panel(page, 'Running now').getByText('Answering').waitFor();
        await panel(page, 'Latest')
          .getByText(/^Answered · /)
          .first()
          .waitFor();
        await page.waitForTimeout(300);
        await page.screenshot({ path: `${SHOTS}/overview-full-${width}-${scheme}.png`, fullPage: true });
        const found = await faults(page, 'overview');
        await page.getByRole('button', { name: 'As a table' }).click();
        await page.getByRole('table').waitFor();
        found.push(...(await faults(page, 'overview as a table')), ...unexpected());
        assert.deepEqual(found, []);
        await model.release(`look-${width}-${scheme}`);
        await running;
        await look.close();
      });
});
