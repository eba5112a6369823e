import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  answerText,
  composer,
  finished,
  lastAnswer,
  newContext,
  newTab,
  numbered,
  pairOnce,
  SHOTS,
  say,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

let model;
let browser;
before(async () => {
  model = await startModel();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await model?.stop();
});

describe('pairing', () => {
  let gateway;
  before(async () => {
    gateway = await startGateway(model);
  });
  after(() => gateway?.stop());

  it('wrong codes are named, then locked out with a countdown that a reload does not end', async () => {
    const other = await startGateway(model);
    const context = await newContext(browser);
    const { page, unexpected } = await newTab(context, other);
    await page.goto(other.url);
    const code = page.getByRole('textbox', { name: 'Pairing code' });
    const pair = page.getByRole('button', { name: 'Pair', exact: true });
    await code.fill('abc');
    await pair.click();
    await page.getByText('The code has eight letters and digits').waitFor();
    await code.fill('aaaa aaaa');
    assert.equal(await code.inputValue(), 'AAAA-AAAA');
    await pair.click();
    await page.getByText('That code is not right').waitFor();
    // The third wrong one locks the door, and the page says so without another try.
    for (const wrong of ['BBBB-BBBB', 'CCCC-CCCC']) {
      await code.fill(wrong);
      const answered = page.waitForResponse((answer) => answer.url().endsWith('/pair'));
      await pair.click();
      assert.equal((await answered).status(), 403);
    }
    await page.getByText(/Too many wrong codes. Try again in [1-5]:\d\d/).waitFor();
    await page.reload();
    await page.getByText(/Too many wrong codes. Try again in [1-5]:\d\d/).waitFor();
    assert.ok(await pair.isDisabled());
    const forms = unexpected().filter((problem) => !/status of (403|429)/.test(problem));
    assert.deepEqual(forms, []);
    await context.close();
    await other.stop();
  });

  it('a link brings its code along, leaves the address bar clean, and keeps the page asked for', async () => {
    const context = await newContext(browser);
    const { page, unexpected } = await newTab(context, gateway);
    await page.goto(`${gateway.url}/devices#code=${gateway.code.toLowerCase().replace('-', '')}`);
    const code = page.getByRole('textbox', { name: 'Pairing code' });
    await code.waitFor();
    assert.equal(await code.inputValue(), gateway.code);
    assert.equal(new URL(page.url()).hash, '');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Chrome on Linux' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/devices');
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.doesNotMatch(kept, /zcl_live/, 'no token in web storage');
    assert.deepEqual(unexpected(), []);

    await page.getByRole('button', { name: 'Add a device' }).click();
    const link = await page
      .getByRole('dialog')
      .getByText(/#code=/)
      .innerText();
    const second = await newTab(await newContext(browser), gateway);
    await second.page.goto(link);
    await second.page.getByRole('button', { name: 'Pair', exact: true }).click();
    await composer(second.page).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Chrome on Linux' }).nth(1).waitFor();

    const card = page.getByRole('listitem').filter({ hasNotText: 'This device' });
    await card.getByRole('button', { name: /Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('The other one');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The other one' }).waitFor();
    await page.getByRole('button', { name: 'Actions for The other one' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await second.page.getByRole('heading', { name: 'Pair this browser' }).waitFor();
    await second.page.context().close();

    await page.getByRole('button', { name: 'This browser' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Pair this browser' }).waitFor();
    await context.close();
  });
});

describe('chat', () => {
  let gateway;
  let state;
  let context;
  before(async () => {
    gateway = await startGateway(model);
    state = await pairOnce(browser, gateway);
    context = await newContext(browser, { state });
  });
  after(async () => {
    await context?.close();
    await gateway?.stop();
  });
  const newChat = async () => {
    const tab = await newTab(context, gateway);
    await tab.page.goto(`${gateway.url}/chat`);
    await composer(tab.page).waitFor();
    return tab;
  };

  it('streams an answer and gives the conversation its own address and title', async () => {
    const { page, unexpected } = await newChat();
    await say(page, 'hold:first say:Half of **it** and `the rest`');
    await lastAnswer(page).getByText('Half').waitFor();
    assert.match(new URL(page.url()).pathname, /^\/chat\/[0-9a-f-]{36}$/);
    await model.release('first');
    await finished(page);
    assert.equal(await answerText(page), 'Half of it and the rest');
    assert.equal(await page.locator('.md strong').innerText(), 'it');
    await lastAnswer(page).getByText('scripted').waitFor();
    await lastAnswer(page)
      .getByText(/→ \d+ tokens/)
      .waitFor();
    assert.match(await page.title(), /^hold:first/);
    assert.deepEqual(unexpected(), []);
    await page.close();
  });

  it('folds the thinking away', async () => {
    const { page } = await newChat();
    await say(page, 'think:first this then that say:The answer');
    await finished(page);
    const thought = lastAnswer(page).getByText('first this then that');
    assert.equal(await thought.isVisible(), false);
    await lastAnswer(page)
      .getByText(/^Thought/)
      .click();
    await thought.waitFor();
    await page.close();
  });

  it('stops with Esc and with the button', async () => {
    const { page } = await newChat();
    await say(page, 'hold:never-released say:one two three');
    await lastAnswer(page).getByText('one').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Stopped.').waitFor();
    await say(page, 'hold:never-released-2 say:four five six');
    await lastAnswer(page).getByText('four').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').nth(1).waitFor();
    assert.match(await answerText(page), /^four$/);
    await page.close();
  });

  it('queues what is said meanwhile, and lets it be taken back', async () => {
    const { page } = await newChat();
    await say(page, 'hold:queue say:one two');
    await lastAnswer(page).getByText('one').waitFor();
    await say(page, 'say:second');
    await say(page, 'say:third');
    const queue = page.getByRole('region', { name: 'Waiting messages' });
    await queue.getByText('2 waiting').waitFor();
    await queue.getByRole('button', { name: 'Withdraw' }).last().click();
    await queue.getByText('1 waiting').waitFor();
    await page.waitForFunction((field) => field.value === 'say:third', await composer(page).elementHandle());
    await model.release('queue');
    await page.getByRole('article', { name: 'Agent' }).nth(1).getByText('second').waitFor();
    await finished(page);
    await page.reload();
    await page.getByRole('article', { name: 'Agent' }).nth(1).waitFor();
    assert.equal(await page.getByRole('article').count(), 4);
    assert.equal(await composer(page).inputValue(), 'say:third', 'the draft outlives a reload');
    await page.close();
  });

  it('names a failure and tries again', async () => {
    const { page } = await newChat();
    await say(page, 'status:400');
    await lastAnswer(page).getByText('PROVIDER_ERROR').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('group', { name: 'Version 2 of 2' }).waitFor();
    await lastAnswer(page).getByText('PROVIDER_ERROR').waitFor();
    assert.equal(await page.getByRole('article').count(), 2, 'another try takes the place of the first');
    await page.close();
  });

  it('goes on after a reload in the middle of an answer, with no gap and no duplicate', async () => {
    const { page } = await newChat();
    await say(page, `delay:15 say:${numbered(150)}`);
    await lastAnswer(page).getByText('w20', { exact: false }).waitFor();
    await page.reload();
    await lastAnswer(page).getByText('w60', { exact: false }).waitFor();
    await page.reload();
    await finished(page);
    assert.equal(await answerText(page), numbered(150));
    assert.equal(await page.getByRole('article').count(), 2);
    await page.close();
  });

  it('keeps two tabs in step', async () => {
    const first = await newChat();
    await say(first.page, 'say:hello');
    await finished(first.page);
    const second = await newTab(context, gateway);
    await second.page.goto(first.page.url());
    await finished(second.page);
    await say(first.page, `delay:15 say:${numbered(80)}`);
    await lastAnswer(second.page).getByText('w10', { exact: false }).waitFor();
    await lastAnswer(second.page).getByText('w79').waitFor();
    for (const { page, unexpected } of [first, second]) {
      await page.getByText('w79').last().waitFor();
      await finished(page);
      assert.equal(await answerText(page), numbered(80));
      assert.equal(await page.getByRole('article').count(), 4);
      assert.deepEqual(unexpected(), []);
      await page.close();
    }
  });

  it('pages back through a long conversation and does not move what is being read', async () => {
    const { page } = await newChat();
    for (let turn = 0; turn < 18; turn++) {
      await say(page, `say:Answer ${turn} ${'with some more words '.repeat(12)}`);
      await page.getByText(`Answer ${turn} with`).last().waitFor();
      await finished(page);
    }
    await page.reload();
    await page.getByRole('button', { name: 'Show earlier messages' }).waitFor();
    assert.ok((await page.getByRole('article').count()) <= 30);
    // Whoever comes near the beginning of what is there gets more of it.
    await page.getByRole('log').evaluate((box) => {
      box.scrollTop = -box.scrollHeight;
    });
    await page.waitForFunction(() => document.querySelectorAll('article.msg').length === 36);
    await page.getByRole('article').first().getByText('Answer 0 with').waitFor();
    await say(page, `delay:40 say:${'line after line '.repeat(120)}`);
    await lastAnswer(page).getByText('line').waitFor();
    const log = page.getByRole('log');
    await log.evaluate((box) => {
      box.scrollTop = -1200;
    });
    const jump = page.getByRole('button', { name: 'Jump to latest' });
    await jump.waitFor();
    const place = () =>
      page
        .getByText('Answer 14 with')
        .last()
        .evaluate((node) => Math.round(node.getBoundingClientRect().top));
    const before = await place();
    await page.waitForTimeout(500);
    assert.ok(Math.abs((await place()) - before) <= 2, `moved from ${before} to ${await place()}`);
    await jump.click();
    await jump.waitFor({ state: 'detached' });
    await page.close();
  });

  it('finds, renames, deletes and brings back conversations', async () => {
    const { page } = await newChat();
    await say(page, 'say:The heron stands in the reeds');
    await finished(page);
    const side = page.getByRole('complementary', { name: 'Conversations' });
    await side.getByRole('searchbox').fill('heron');
    await side.getByRole('navigation', { name: 'Search results' }).locator('mark').first().waitFor();
    await side.getByRole('button', { name: 'Clear the search' }).click();
    const list = side.getByRole('navigation', { name: 'Conversations' });
    const entry = list.getByRole('listitem').filter({ hasText: 'heron' });
    await entry.hover();
    await entry.getByRole('button', { name: /Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Birds');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Birds' }).waitFor();
    const birds = side.getByRole('listitem').filter({ hasText: 'Birds' });
    await birds.hover();
    await birds.getByRole('button', { name: 'Actions for Birds' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('“Birds” was deleted.').waitFor();
    await birds.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await birds.waitFor();
    await page.close();
  });
});

describe('a gateway that dies', () => {
  let gateway;
  let context;
  before(async () => {
    gateway = await startGateway(model);
    context = await newContext(browser, { state: await pairOnce(browser, gateway) });
  });
  after(async () => {
    await context?.close();
    await gateway?.stop();
  });

  it('in mid-answer: the page recovers by itself and the answer is complete', async () => {
    const { page } = await newTab(context, gateway);
    await page.goto(`${gateway.url}/chat`);
    await composer(page).waitFor();
    await say(page, `delay:20 say:${numbered(120)}`);
    await lastAnswer(page).getByText('w30', { exact: false }).waitFor();
    await gateway.crash();
    await page.getByText('Connection to the gateway lost.').waitFor();
    await say(page, 'say:said in the dark');
    await page.getByText('Waits for the connection').waitFor();
    await page.screenshot({ path: `${SHOTS}/lost.png` });
    await gateway.restart();
    await page.getByText('Connection to the gateway lost.').waitFor({ state: 'detached', timeout: 30_000 });
    const answers = page.getByRole('article', { name: 'Agent' });
    await answers.nth(1).getByText('said in the dark').waitFor({ timeout: 30_000 });
    assert.equal((await answers.first().locator('.md').innerText()).trim(), numbered(120));
    await finished(page);
    assert.equal(await page.getByRole('article').count(), 4, 'nothing is doubled');
    await page.reload();
    await finished(page);
    assert.equal(await page.getByRole('article').count(), 4);
    assert.equal((await answers.first().locator('.md').innerText()).trim(), numbered(120));
    await page.close();
  });

  it('while nobody is signed in: says so and comes back', async () => {
    const stranger = await newContext(browser);
    const { page } = await newTab(stranger, gateway);
    await page.goto(gateway.url);
    await page.getByRole('textbox', { name: 'Pairing code' }).waitFor();
    await gateway.crash();
    await page.getByRole('textbox', { name: 'Pairing code' }).fill('AAAA-BBBB');
    await page.getByRole('button', { name: 'Pair', exact: true }).click();
    await page.getByText('The gateway did not answer').waitFor();
    await gateway.restart();
    await stranger.close();
  });
});
