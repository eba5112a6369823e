// What an agent is for, on a phone and without a model's key: a file is changed after its owner agreed, and a fact is
// remembered and known in another conversation.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
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
} from './harness.mjs';

let gateway;
let browser;
let state;

before(async () => {
  gateway = await startGateway(undefined, { remembers: true });
  browser = await startBrowser();
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
});

async function newChat() {
  const context = await newContext(browser, { state, width: 360, height: 740 });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}/chat`);
  await tab.page.getByText('What can I do for you?').waitFor();
  return { ...tab, context };
}

const approve = (page) => page.getByRole('button', { name: 'Approve', exact: true });

test('a supervised agent edits a file after an approval given on a phone', async () => {
  const { page, context, unexpected } = await newChat();
  const file = join(gateway.home, 'workspace/plans.md');
  await say(page, 'write "Tea at four" to plans.md');
  await approve(page).waitFor();
  assert.ok(!existsSync(file), 'nothing is done before the word');
  await page.locator('.act-line[data-kind="add"]', { hasText: 'Tea at four' }).waitFor();
  await page.screenshot({ path: `${SHOTS}/agent-asks-phone.png` });
  assert.deepEqual(await faults(page, 'a request on a phone'), []);
  await approve(page).tap();
  await finished(page);
  assert.equal(readFileSync(file, 'utf8'), 'Tea at four\n');

  await say(page, 'replace four with five in plans.md');
  await page.locator('.act-line[data-kind="remove"]', { hasText: 'Tea at four' }).waitFor();
  // The request outlives the page and the gateway.
  await gateway.crash();
  await gateway.restart();
  await page.reload();
  await approve(page).waitFor();
  assert.equal(readFileSync(file, 'utf8'), 'Tea at four\n');
  await approve(page).tap();
  await lastAnswer(page)
    .getByText('`file_edit`')
    .or(lastAnswer(page).getByText('file_edit'))
    .first()
    .waitFor();
  await finished(page);
  assert.equal(readFileSync(file, 'utf8'), 'Tea at five\n');

  await say(page, 'replace five with six in plans.md');
  await page.getByRole('button', { name: 'Deny', exact: true }).tap();
  await finished(page);
  assert.equal(readFileSync(file, 'utf8'), 'Tea at five\n');
  await page.screenshot({ path: `${SHOTS}/agent-denied-phone.png` });
  assert.deepEqual(
    unexpected().filter((one) => !/WebSocket|ERR_CONNECTION|left home/.test(one)),
    [],
  );
  await context.close();
});

test('a fact is remembered and recalled in a new conversation', async () => {
  const { page, context, unexpected } = await newChat();
  await say(page, 'remember that my sister is called Ada');
  // Its owner may have to agree first.
  await approve(page)
    .or(lastAnswer(page).getByRole('button', { name: 'Copy answer' }))
    .first()
    .waitFor();
  if (await approve(page).isVisible()) await approve(page).tap();
  await finished(page);
  const first = page.url();
  await context.close();

  const second = await newChat();
  await say(second.page, 'what do you know about my sister?');
  await lastAnswer(second.page).getByText('my sister is called Ada').first().waitFor();
  await finished(second.page);
  assert.notEqual(second.page.url(), first);
  await second.page.screenshot({ path: `${SHOTS}/agent-recalls-phone.png` });
  assert.deepEqual(await faults(second.page, 'a memory recalled'), []);
  assert.deepEqual([...unexpected(), ...second.unexpected()], []);
  await second.context.close();
});

test('plain words drive the tools without a key', async () => {
  const { page, context, unexpected } = await newChat();
  for (const [asked, told] of [
    ['what files are here', 'plans.md'],
    ['read plans.md', 'Tea at five'],
    ['find *.md', 'plans.md'],
    ['search the files for five', 'plans.md'],
    ['calculate 6*7', '42'],
    ['what time is it in Tokyo', 'Asia/Tokyo'],
    ['plan: wash, dry', 'wash'],
  ]) {
    await say(page, asked);
    await finished(page);
    await lastAnswer(page).locator('.md').last().getByText(told).first().waitFor();
  }
  await say(page, 'run echo hello from the shell');
  await approve(page).tap();
  await lastAnswer(page).locator('.md').last().getByText('hello from the shell').waitFor();
  assert.deepEqual(unexpected(), []);
  await context.close();
});
