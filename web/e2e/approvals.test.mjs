// The agent asks and its owner answers: from a phone, from the chat, for longer than once, and after a restart.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  faults,
  lastAnswer,
  newContext,
  newTab,
  pairOnce,
  SHOTS,
  say,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

const PHONE = { width: 360, height: 740 };

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

async function inbox(size, path = '/approvals') {
  const tab = await open(path, size);
  await tab.page.getByRole('heading', { name: 'Approvals', level: 1 }).waitFor();
  return tab;
}

async function chat(size) {
  const tab = await open('/chat', size);
  await tab.page.getByText('What can I do for you?').waitFor();
  return tab;
}

/** Calls the gateway as another device of the owner's would. */
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

const pending = async (page) => (await call(page, 'GET', '/api/approvals')).approvals;
const runs = (command, then = 'say:all done') => `tool:shell ${JSON.stringify({ command })} next ${then}`;
const card = (page, words) => page.locator('.request').filter({ hasText: words });
const button = (place, name) => place.getByRole('button', { name, exact: true });
const badge = (page) => page.locator('a[href="/approvals"] .nav-badge').first();

beforeEach(async () => {
  // What an earlier test left waiting would be counted by the next one.
  const { page, context } = await open('/overview');
  for (const { turn_id, request_id } of await pending(page))
    await call(page, 'POST', `/api/turns/${turn_id}/approvals/${request_id}`, { decision: 'deny' });
  await context.close();
});

test('with nothing asked, each tab says so and what would be there', async () => {
  const { page, context, unexpected } = await inbox();
  await page.getByText('Nothing waits for you').waitFor();
  const found = await faults(page, 'empty');
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText('Nothing was asked yet').waitFor();
  await page.getByRole('link', { name: 'Rules' }).click();
  await page.getByText('No standing permissions').waitFor();
  assert.deepEqual(await page.locator('.page-tab[aria-current]').allInnerTexts(), ['Rules']);
  assert.deepEqual([...found, ...(await faults(page, 'no rules')), ...unexpected()], []);
  await context.close();
});

test('a command waits for a yes from a phone, and its output comes to the chat', async () => {
  const desk = await chat();
  const phone = await inbox(PHONE);
  await say(desk.page, runs('echo from-the-$((40+2))'));
  // Shown on both at once, without a reload.
  const asked = card(phone.page, 'echo from-the-$((40+2))');
  await asked.waitFor();
  await desk.page.locator('.approval[data-pending]').waitFor();
  await badge(desk.page).waitFor();
  assert.equal(await badge(desk.page).innerText(), '1');
  assert.match(await desk.page.title(), /^\(1\)/);
  await asked.getByText(/^Lapses in/).waitFor();
  await phone.page.screenshot({ path: `${SHOTS}/approvals-phone.png` });
  await desk.page.screenshot({ path: `${SHOTS}/approvals-chat.png` });
  const found = [
    ...(await faults(phone.page, 'inbox on a phone')),
    ...(await faults(desk.page, 'card in the chat')),
  ];
  const box = await button(asked, 'Allow once').boundingBox();
  assert.ok(box.height >= 44 && box.width >= 250, `a thumb finds it: ${box.width} × ${box.height}`);
  await button(asked, 'Allow once').click();
  await asked.getByText(/^Allowed by/).waitFor();
  await lastAnswer(desk.page).locator('.md', { hasText: 'all done' }).waitFor();
  await desk.page.locator('.tool summary').last().click();
  await desk.page.locator('.tool').getByText('from-the-42').first().waitFor();
  await desk.page
    .locator('.approval')
    .getByText(/^Allowed by/)
    .waitFor();
  await badge(desk.page).waitFor({ state: 'detached' });
  assert.deepEqual([...found, ...phone.unexpected(), ...desk.unexpected()], []);
  await phone.context.close();
  await desk.context.close();
});

test('a no reaches the agent with its reason, given in the chat', async () => {
  const { page, context, unexpected } = await chat();
  await say(page, runs('echo never', 'say:then not'));
  const asked = page.locator('.approval[data-pending]');
  await button(asked, 'Deny and say why…').click();
  await page.getByRole('textbox', { name: /^Why not/ }).fill('Not on a Sunday');
  await button(asked, 'Deny').click();
  await lastAnswer(page).locator('.md', { hasText: 'then not' }).waitFor();
  await page
    .locator('.approval')
    .getByText(/Denied by .*Not on a Sunday/)
    .waitFor();
  await page.goto(`${gateway.url}/approvals?tab=history`);
  const row = page.locator('.history-row').first();
  await row.locator('summary').click();
  await row.getByText('Not on a Sunday').waitFor();
  await row.getByText('echo never').last().waitFor();
  assert.deepEqual([...(await faults(page, 'history')), ...unexpected()], []);
  await context.close();
});

test('always holds in this conversation, is listed, and can be taken back', async () => {
  const { page, context, unexpected } = await chat();
  await say(page, runs('echo one'));
  const asked = page.locator('.approval[data-pending]');
  await button(asked, 'Always…').click();
  await page.getByText(/^Always allow /).waitFor();
  await page.screenshot({ path: `${SHOTS}/approvals-always.png` });
  await page.getByRole('menuitem', { name: 'In this conversation' }).click();
  await lastAnswer(page).locator('.md', { hasText: 'all done' }).waitFor();
  await say(page, runs('echo one more', 'say:unasked'));
  await lastAnswer(page).locator('.md', { hasText: 'unasked' }).waitFor();
  assert.deepEqual(await pending(page), []);
  await page.goto(`${gateway.url}/approvals?tab=rules`);
  const rule = page.locator('.rule');
  await rule.getByText(/^Only in/).waitFor();
  const found = await faults(page, 'rules');
  await page.screenshot({ path: `${SHOTS}/approvals-rules.png` });
  await rule.getByRole('button', { name: /^Revoke/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('No standing permissions').waitFor();
  assert.deepEqual([...found, ...unexpected()], []);
  await context.close();
});

test('who answers second is told who was first', async () => {
  const desk = await chat();
  await say(desk.page, runs('echo twice'));
  await desk.page.locator('.approval[data-pending]').waitFor();
  const [{ turn_id, request_id }] = await pending(desk.page);
  const phone = await inbox(PHONE);
  const asked = card(phone.page, 'echo twice');
  await asked.waitFor();
  // The answer of another device comes while this one's is on its way.
  await phone.page.route('**/api/turns/*/approvals/*', async (route) => {
    await call(desk.page, 'POST', `/api/turns/${turn_id}/approvals/${request_id}`, { decision: 'deny' });
    await route.continue();
  });
  await button(asked, 'Allow once').click();
  await asked.getByText('Somebody was faster.').waitFor();
  await asked.getByText(/Denied by/).waitFor();
  await phone.page.screenshot({ path: `${SHOTS}/approvals-late.png` });
  const complaints = phone.unexpected().filter((one) => !/status of 409/.test(one));
  assert.deepEqual([...complaints, ...desk.unexpected()], []);
  await phone.context.close();
  await desk.context.close();
});

test('a question is answered with one of its options or in own words', async () => {
  const desk = await chat();
  const phone = await inbox(PHONE);
  const question = { question: 'Which colour shall it be?', options: ['red', 'blue'] };
  await say(desk.page, `tool:ask_user ${JSON.stringify(question)} next say:thank you`);
  const asked = card(phone.page, 'Which colour shall it be?');
  await button(asked, 'Another answer…').click();
  await asked.getByRole('textbox', { name: 'Your answer' }).fill('green, please');
  await phone.page.screenshot({ path: `${SHOTS}/approvals-question.png` });
  const found = await faults(phone.page, 'question');
  await button(asked, 'Answer').click();
  await lastAnswer(desk.page).locator('.md', { hasText: 'thank you' }).waitFor();
  await desk.page
    .locator('.approval')
    .getByText(/green, please/)
    .waitFor();
  assert.deepEqual([...found, ...phone.unexpected(), ...desk.unexpected()], []);
  await phone.context.close();
  await desk.context.close();
});

test('a hidden tab tells by a notice of the browser, and the notice leads to the request', async () => {
  const context = await newContext(browser, { state });
  await context.grantPermissions(['notifications'], { origin: gateway.url });
  await context.addInitScript(() => {
    globalThis.notices = [];
    globalThis.Notification = class {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor(title, options) {
        globalThis.notices.push(Object.assign(this, { title, ...options }));
      }
      close() {
        this.closed = true;
      }
    };
  });
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/overview`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const desk = await chat();
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
  });
  await say(desk.page, runs('echo unseen'));
  await page.waitForFunction(() => globalThis.notices.length === 1);
  assert.match(await page.evaluate(() => globalThis.notices[0].body), /echo unseen/);
  await page.evaluate(() => globalThis.notices[0].onclick());
  await page.locator('.request[data-target]').waitFor();
  assert.match(page.url(), /approvals\?request=/);
  await button(desk.page.locator('.approval[data-pending]'), 'Deny').click();
  await card(page, 'echo unseen')
    .getByText(/^Denied by/)
    .waitFor();
  assert.deepEqual([...unexpected(), ...desk.unexpected()], []);
  await desk.context.close();
  await context.close();
});

for (const [name, size] of Object.entries({
  desktop: {},
  'desktop-dark': { scheme: 'dark' },
  phone: PHONE,
  'phone-dark': { ...PHONE, scheme: 'dark' },
}))
  test(`a change of a file is shown line by line: ${name}`, async () => {
    const desk = await chat();
    const write = { path: `notes-${name}.md`, content: '# Notes\n\nA first line.\n' };
    await say(desk.page, `tool:file_write ${JSON.stringify(write)} next say:written`);
    await desk.page.locator('.approval[data-pending]').waitFor();
    const { page, context, unexpected } = await inbox(size);
    const asked = card(page, write.path);
    await asked.locator('.act-line[data-kind="add"]', { hasText: 'A first line.' }).waitFor();
    await page.screenshot({ path: `${SHOTS}/approvals-diff-${name}.png`, fullPage: true });
    const found = await faults(page, name);
    await button(asked, 'Allow once').click();
    await asked.getByText(/^Allowed by/).waitFor();
    await page.getByText('Nothing else waits.').waitFor();
    await page.screenshot({ path: `${SHOTS}/approvals-done-${name}.png` });
    await page.getByRole('link', { name: 'History' }).click();
    await page.locator('.history-row').first().waitFor();
    await page.screenshot({ path: `${SHOTS}/approvals-history-${name}.png` });
    assert.deepEqual([...found, ...(await faults(page, name)), ...unexpected(), ...desk.unexpected()], []);
    await context.close();
    await desk.context.close();
  });

test('what waits outlives a crash of the gateway, and can still be answered from its address', async () => {
  const desk = await chat();
  await say(desk.page, runs('echo still-$((1+1))-there'));
  await desk.page.locator('.approval[data-pending]').waitFor();
  const [{ request_id }] = await pending(desk.page);
  await gateway.crash();
  await gateway.restart();
  const phone = await inbox(PHONE, `/approvals?request=${request_id}`);
  const asked = card(phone.page, 'echo still-$((1+1))-there');
  await phone.page.locator('.request[data-target]').waitFor();
  await button(asked, 'Allow once').click();
  await asked.getByText(/^Allowed by/).waitFor();
  await desk.page
    .locator('.approval')
    .getByText(/^Allowed by/)
    .waitFor({ timeout: 20_000 });
  await lastAnswer(desk.page).locator('.md', { hasText: 'all done' }).waitFor({ timeout: 20_000 });
  // The address still tells what became of it.
  await phone.page.reload();
  await phone.page
    .locator('.requests-apart')
    .getByText(/Allowed by/)
    .first()
    .waitFor();
  assert.deepEqual(phone.unexpected(), []);
  await phone.context.close();
  await desk.context.close();
});
