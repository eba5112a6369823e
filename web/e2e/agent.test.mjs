// What an agent is for, in one journey on a phone: a file is changed after its owner agreed, a command is watched and
// outlived, a fact is remembered and known in another conversation. And the same tools by plain words, without a key.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  composer,
  faults,
  finished,
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
let demo;
let browser;
const states = new Map();

before(async () => {
  browser = await startBrowser();
  model = await startModel();
  gateway = await startGateway(model);
  demo = await startGateway(undefined, { remembers: true });
  states.set(gateway, await pairOnce(browser, gateway));
  states.set(demo, await pairWithoutModel());
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await demo?.stop();
  await model?.stop();
});

/** Where there is no model yet, the door leads to the welcome. */
async function pairWithoutModel() {
  const context = await newContext(browser);
  const { page } = await newTab(context, demo);
  await page.goto(`${demo.url}/#code=${demo.code}`);
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
  await page.waitForURL(/\/welcome$/);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function newChat(of, look = {}) {
  const context = await newContext(browser, { state: states.get(of), ...PHONE, ...look });
  const tab = await newTab(context, of);
  await tab.page.goto(`${of.url}/chat`);
  await tab.page.getByText('What can I do for you?').waitFor();
  return { ...tab, context };
}

const tool = (name, args) => `tool:${name} ${JSON.stringify(args)}`;
const allow = (page) => page.getByRole('button', { name: 'Allow once', exact: true });
const card = (page, name) => lastAnswer(page).locator('.tool').filter({ hasText: name });
const line = (place, kind, text) => place.locator(`.act-line[data-kind="${kind}"]`, { hasText: text });
/** A gateway that is killed takes its connections along. */
const quiet = (problems) => problems.filter((one) => !/WebSocket|ERR_CONNECTION|ERR_SOCKET/.test(one));

test('a file is changed after a word given on a phone, and a fact is known in another conversation', async () => {
  const file = join(gateway.home, 'workspace/plans.md');
  const disk = () => readFileSync(file, 'utf8');
  writeFileSync(file, '# Plans\n\nTea at four\n');
  const { page, context, unexpected } = await newChat(gateway);
  const edit = tool('file_edit', { path: 'plans.md', old_text: 'four', new_text: 'five' });
  await say(page, `${edit} next say:Tea is at five now.`);
  const asked = page.locator('.approval[data-pending]');
  await line(asked, 'remove', 'Tea at four').waitFor();
  await line(asked, 'add', 'Tea at five').waitFor();
  await card(page, 'file_edit').getByText('Waits').waitFor();
  await page.screenshot({ path: `${SHOTS}/agent-asks-phone.png` });
  const found = await faults(page, 'a request on a phone');
  const box = await allow(page).boundingBox();
  assert.ok(box.height >= 44, `a thumb finds it: ${box.width} × ${box.height}`);
  // The request outlives the gateway and the page.
  await gateway.crash();
  await gateway.restart();
  await page.reload();
  await line(asked, 'add', 'Tea at five').waitFor();
  assert.equal(disk(), '# Plans\n\nTea at four\n', 'nothing is done before the word');
  await allow(page).tap();
  await lastAnswer(page).locator('.md', { hasText: 'Tea is at five now.' }).waitFor();
  await finished(page);
  assert.equal(disk(), '# Plans\n\nTea at five\n');
  // The card shows what was changed, now and when it is read again.
  for (const when of ['live', 'stored']) {
    if (when === 'stored') await page.reload();
    await line(card(page, 'file_edit'), 'add', 'Tea at five').waitFor();
    await card(page, 'file_edit').locator('.tool-state').getByText('+1 −1', { exact: true }).waitFor();
    assert.equal(await lastAnswer(page).locator('.tool').count(), 1, when);
    found.push(...(await faults(page, `a change, ${when}`)));
    await page.screenshot({ path: `${SHOTS}/agent-changed-${when}-phone.png` });
  }

  const again = tool('file_edit', { path: 'plans.md', old_text: 'five', new_text: 'six' });
  await say(page, `${again} next say:Then not.`);
  await page.getByRole('button', { name: 'Deny', exact: true }).tap();
  await lastAnswer(page).locator('.md', { hasText: 'Then not.' }).waitFor();
  await finished(page);
  assert.equal(disk(), '# Plans\n\nTea at five\n');
  await page.screenshot({ path: `${SHOTS}/agent-denied-phone.png` });

  const fact = tool('memory_store', { key: 'sister', content: 'My sister is called Ada' });
  await say(page, `${fact} next say:Noted.`);
  await lastAnswer(page).locator('.md', { hasText: 'Noted.' }).waitFor();
  await finished(page);
  const first = page.url();
  await context.close();

  const other = await newChat(gateway, { scheme: 'dark' });
  const recall = tool('memory_recall', { query: 'sister' });
  await say(other.page, `${recall} next say:My sister is called Ada, I think`);
  await finished(other.page);
  assert.notEqual(other.page.url(), first);
  const used = lastAnswer(other.page).locator('.memories-used');
  await used.getByText('1 memory used').click();
  await used.getByText('My sister is called Ada').waitFor();
  await card(other.page, 'memory_recall').locator('summary').click();
  await card(other.page, 'memory_recall').getByText('My sister is called Ada').waitFor();
  await other.page.screenshot({ path: `${SHOTS}/agent-recalls-phone.png` });
  found.push(...(await faults(other.page, 'a memory recalled')));
  assert.deepEqual([...found, ...quiet(unexpected()), ...other.unexpected()], []);
  await other.context.close();
});

test('what a command says is seen while it runs, and a kill in the middle leaves one card that says so', async () => {
  const { page, context, unexpected } = await newChat(gateway);
  const command = 'echo begun; echo once >> ran.txt; sleep 60; echo over';
  await say(page, `${tool('shell', { command })} next say:I will look what came of it.`);
  await allow(page).tap();
  const running = page.locator('.tool[data-state="running"]');
  await running.locator('.tool-part').last().getByText('begun', { exact: true }).waitFor();
  await page.screenshot({ path: `${SHOTS}/agent-runs-phone.png` });
  const found = await faults(page, 'a command that runs');
  await gateway.crash();
  await gateway.restart();
  // The page comes back by itself, with nothing shown twice.
  await lastAnswer(page).locator('.md', { hasText: 'I will look what came of it.' }).waitFor();
  await finished(page);
  const cut = card(page, 'shell');
  assert.equal(await cut.count(), 1);
  assert.equal(await cut.getAttribute('data-state'), 'failed');
  await cut.getByText(/not known/).waitFor();
  assert.equal(readFileSync(join(gateway.home, 'workspace/ran.txt'), 'utf8'), 'once\n');
  await page.screenshot({ path: `${SHOTS}/agent-cut-off-phone.png` });
  assert.deepEqual([...found, ...quiet(unexpected())], []);
  await context.close();
});

test('plain words drive every tool without a key', async () => {
  const { page, context, unexpected } = await newChat(demo);
  const said = (words) => lastAnswer(page).locator('.md').last().getByText(words).first().waitFor();
  const file = join(demo.home, 'workspace/plans.md');
  for (const [words, told] of [
    ['write "Tea at four" to plans.md', 'plans.md'],
    ['replace four with five in plans.md', 'plans.md'],
    ['run echo hello from the shell', 'hello from the shell'],
    ['fetch http://127.0.0.1/', 'public Internet'],
    ['GET http://127.0.0.1/', 'public Internet'],
  ]) {
    const before = existsSync(file) && readFileSync(file, 'utf8');
    await say(page, words);
    // An address that may not be fetched is refused before anybody is asked.
    if (!words.includes('127.0.0.1')) {
      await allow(page).waitFor();
      assert.equal(existsSync(file) && readFileSync(file, 'utf8'), before, words);
      await allow(page).tap();
    }
    await finished(page);
    await said(told);
  }
  assert.equal(readFileSync(file, 'utf8'), 'Tea at five\n');
  for (const [words, told] of [
    ['what files are here', 'plans.md'],
    ['read plans.md', 'Tea at five'],
    ['find *.md', 'plans.md'],
    ['search the files for five', 'plans.md'],
    ['calculate 6*7', '42'],
    ['what time is it in Tokyo', 'Asia/Tokyo'],
    ['plan: wash, dry', 'wash'],
    ['remember that my brother is called Max', 'Remembered'],
    ['what do you remember about my brother', 'called Max'],
    ['what did I say about the shell', 'hello from the shell'],
  ]) {
    await say(page, words);
    await finished(page);
    await said(told);
  }
  await say(page, 'forget that my brother is called Max');
  await allow(page).tap();
  await finished(page);
  await said('Forgot');
  await say(page, 'ask me which colour I like');
  await page.getByRole('textbox', { name: 'Your answer' }).fill('green');
  await page.getByRole('button', { name: 'Answer', exact: true }).tap();
  await finished(page);
  await said('You said: green');
  assert.equal(await composer(page).isEnabled(), true);
  assert.deepEqual(unexpected(), []);
  await context.close();
});
