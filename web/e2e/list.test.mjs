import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  answerText,
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

let model;
let browser;
let gateway;
let state;
before(async () => {
  model = await startModel();
  browser = await startBrowser();
  gateway = await startGateway(model);
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

/** Speaks to the gateway as another program with the browser's own cookie would. */
const asOther = (context) => ({
  post: async (path, data) => {
    const answer = await context.request.post(`${gateway.url}${path}`, { data });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  },
  get: async (path) => (await context.request.get(`${gateway.url}${path}`)).json(),
});
const requests = async () => (await (await fetch(`${model.url}/control/requests`)).json()).requests;
/** How often the model was asked with these words as the last ones. */
const asked = async (words) =>
  (await requests()).filter((request) => {
    const last = request.body?.messages?.at(-1)?.content;
    return (typeof last === 'string' ? last : JSON.stringify(last ?? '')).includes(words);
  }).length;
const list = (page) => page.getByRole('navigation', { name: 'Conversations' });
const row = (page, title) => list(page).getByRole('link', { name: title });
const menu = async (page, title, entry) => {
  await row(page, title).hover();
  await page.getByRole('button', { name: `Actions for ${title}` }).click();
  await page.getByRole('menuitem', { name: new RegExp(`^${entry}`) }).click();
};
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAELklEQVR42g3Moc52YACA4f8gvqqqqqqqqqqq7qiqgsAmmAk2gvAEgU0wE2wE4QkCmyAIjuB/rwO4/v0RKUQqkUakExlEJpFFZBM5RC6RR+QTBUQhUUKUE1VEgqgnmohWIkl0Ef37I1aIVWKNWCc2iE1ii9gmdohdYo/YJw6IQ+KEOCeuiAVxTzwRr8SS+CL+RalCqpJqpDqpQWqSWqQ2qUPqknqkPmlAGpImpDlpRSpIe9KJdCWVpBfpL8oUMpVMI9PJDDKTzCKzyRwyl8wj88kCspAsIcvJKjJB1pNNZCuZJLvIflGhUKgUGoVOYVCYFBaFTeFQuBQehU8RUIQUCUVOUVEIip5iolgpJMVF8YtKhVKl1Ch1SoPSpLQobUqH0qX0KH3KgDKkTChzyopSUPaUE+VKKSkvyl9UK9QqtUatUxvUJrVFbVM71C61R+1TB9QhdUKdU1fUgrqnnqhXakl9Uf+iRqFRaTQancagMWksGpvGoXFpPBqfJqAJaRKanKaiETQ9zUSz0kiai+YXCQWhIjSEjjAQJsJC2AgH4SI8hI8IECEiQeSICiEQPWJCrAiJuBC/qFVoVVqNVqc1aE1ai9amdWhdWo/Wpw1oQ9qENqetaAVtTzvRrrSS9qL9RZ1Cp9JpdDqdQWfSWXQ2nUPn0nl0Pl1AF9IldDldRSfoerqJbqWTdBfdLxoUBpVBY9AZDAaTwWKwGRwGl8Fj8BkChpAhYcgZKgbB0DNMDCuDZLgYftGoMKqMGqPOaDCajBajzegwuoweo88YMIaMCWPOWDEKxp5xYlwZJePF+ItmhVll1ph1ZoPZZLaYbWaH2WX2mH3mgDlkTphz5opZMPfME/PKLJkv5l+0KCwqi8aisxgsJovFYrM4LC6Lx+KzBCwhS8KSs1QsgqVnmVhWFslysfyiTWFT2TQ2nc1gM9ksNpvNYXPZPDafLWAL2RK2nK1iE2w928S2skm2i+0X7Qq7yq6x6+wGu8lusdvsDrvL7rH77AF7yJ6w5+wVu2Dv2Sf2lV2yX+y/SCpIFakhdaSBNJEW0kY6SBfpIX1kgAyRCTJHVkiB7JETckVK5IX8RYfCoXJoHDqHwWFyWBw2h8PhcngcPkfAEXIkHDlHxSE4eo6JY+WQHBfHLzoVTpVT49Q5DU6T0+K0OR1Ol9Pj9DkDzpAz4cw5K07B2XNOnCun5Lw4f9GtcKvcGrfObXCb3Ba3ze1wu9wet88dcIfcCXfOXXEL7p574l65JffF/YsehUfl0Xh0HoPH5LF4bB6Hx+XxeHyegCfkSXhynopH8PQ8E8/KI3kunl/0Krwqr8ar8xq8Jq/Fa/M6vC6vx+vzBrwhb8Kb81a8grfnnXhXXsl78f6iT+FT+TQ+nc/gM/ksPpvP4XP5PD6fL+AL+RK+nK/iE3w938S38km+i+8/mGfdDpj6DjIAAAAASUVORK5CYII=',
  'base64',
);
const queue = (page) => page.getByRole('region', { name: 'Waiting messages' });

describe('the list of conversations', () => {
  let context;
  let page;
  let unexpected;
  let other;
  before(async () => {
    context = await newContext(browser, { state });
    other = asOther(context);
    for (const [title, words] of [
      ['Birds of the north', 'say:The arctic tern flies furthest of all birds'],
      ['Bread', 'say:Sourdough wants time'],
      ['Trains', 'say:The night train leaves at nine'],
    ]) {
      const { session_id } = await other.post('/api/chat', { message: words });
      await context.request.patch(`${gateway.url}/api/sessions/${session_id}`, { data: { title } });
    }
  });
  after(() => context?.close());
  beforeEach(async () => {
    await page?.close();
    ({ page, unexpected } = await newTab(context, gateway));
    await page.goto(`${gateway.url}/chat`);
    await row(page, 'Trains').waitFor();
  });

  it('groups by day, marks the origin, and opens a conversation by its address', async () => {
    await list(page).getByRole('heading', { name: 'Today' }).waitFor();
    await row(page, 'Bread').getByRole('img', { name: 'API' }).waitFor();
    await row(page, 'Bread').click();
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    const address = page.url();
    assert.equal(await answerText(page), 'Sourdough wants time');
    await page.goto(`${gateway.url}/chat`);
    await page.goto(address);
    await finished(page);
    assert.equal(await row(page, 'Bread').getAttribute('aria-current'), 'page');
    assert.deepEqual(unexpected(), []);
  });

  it('finds words wherever they were said, marks them, and leads to the place', async () => {
    const search = page.getByRole('searchbox', { name: 'Search conversations' });
    await search.fill('furthest');
    const results = page.getByRole('navigation', { name: 'Search results' });
    const hit = results.getByRole('link', { name: /furthest of all birds/ }).first();
    await hit.waitFor();
    assert.equal(await hit.locator('mark').first().innerText(), 'furthest');
    await page.waitForURL(/q=furthest/);
    await search.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}\?.*turn=[0-9a-f-]{36}/);
    assert.equal(await answerText(page), 'The arctic tern flies furthest of all birds');
    await search.fill('nowhere to be found');
    await page.getByText('Nothing was found for “nowhere to be found”.').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await row(page, 'Trains').waitFor();
    assert.doesNotMatch(page.url(), /q=/);
    assert.deepEqual(unexpected(), []);
  });

  it('pins, renames in its place, forks, and exports', async () => {
    await menu(page, 'Bread', 'Pin');
    const pinned = list(page).getByRole('region', { name: 'Pinned' });
    await pinned.getByRole('link', { name: 'Bread' }).waitFor();
    await menu(page, 'Bread', 'Unpin');
    await pinned.waitFor({ state: 'detached' });

    await menu(page, 'Bread', 'Rename');
    const title = page.getByRole('textbox', { name: 'Title' });
    await title.fill('Bread and butter');
    await title.press('Enter');
    await row(page, 'Bread and butter').waitFor();
    await menu(page, 'Bread and butter', 'Rename');
    await title.fill('Never mind');
    await title.press('Escape');
    await row(page, 'Bread and butter').waitFor();

    await menu(page, 'Trains', 'Fork');
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    assert.equal(await answerText(page), 'The night train leaves at nine');
    await page.getByText(/A copy of “Trains” was made/).waitFor();
    const copy = new URL(page.url()).pathname.split('/').at(-1);
    await context.request.patch(`${gateway.url}/api/sessions/${copy}`, { data: { title: 'The copy' } });
    await row(page, 'The copy').waitFor();

    const saved = page.waitForEvent('download');
    await menu(page, 'Bread and butter', 'Export as Markdown');
    const file = await saved;
    assert.equal(file.suggestedFilename(), 'Bread and butter.md');
    assert.match(readFileSync(await file.path(), 'utf8'), /Sourdough wants time/);
    const second = page.waitForEvent('download');
    await menu(page, 'Bread and butter', 'Export as JSON');
    const json = JSON.parse(readFileSync(await (await second).path(), 'utf8'));
    assert.match(JSON.stringify(json), /Sourdough wants time/);
    assert.deepEqual(unexpected(), []);
  });

  it('archives and deletes, and takes both back', async () => {
    await menu(page, 'Birds of the north', 'Archive');
    await row(page, 'Birds of the north').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Filter conversations' }).click();
    await page.getByRole('menuitemradio', { name: 'Archived' }).click();
    await page.waitForURL(/archived=true/);
    await row(page, 'Birds of the north').waitFor();
    assert.equal(await row(page, 'Trains').count(), 0);
    await menu(page, 'Birds of the north', 'Back from the archive');
    await page.getByText('Nothing is archived.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await row(page, 'Birds of the north').waitFor();

    await row(page, 'Birds of the north').click();
    await finished(page);
    await menu(page, 'Birds of the north', 'Delete');
    await row(page, 'Birds of the north').waitFor({ state: 'detached' });
    await page.waitForURL(/\/chat$/);
    const gone = page.getByText('“Birds of the north” was deleted.').locator('..');
    await gone.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'Birds of the north').waitFor();
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    assert.deepEqual(unexpected(), []);
  });

  it('is worked with the keyboard alone', async () => {
    await page.getByRole('searchbox', { name: 'Search conversations' }).focus();
    await page.keyboard.press('ArrowDown');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    const first = await focused();
    await page.keyboard.press('ArrowDown');
    const second = await focused();
    assert.notEqual(first, second);
    await page.keyboard.press('Home');
    assert.equal(await focused(), first);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('F2');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await row(page, 'By keyboard').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('By keyboard'));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    await row(page, 'By keyboard').focus();
    await page.keyboard.press('Delete');
    await row(page, 'By keyboard').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await row(page, 'By keyboard').waitFor();
    await row(page, 'By keyboard').press('F2');
    await page.keyboard.type(second);
    await page.keyboard.press('Enter');
    await row(page, second).waitFor();
    // What is deleted while the page still reads it is not found.
    assert.deepEqual(
      unexpected().filter((one) => !/status of 404/.test(one)),
      [],
    );
  });

  it('shows what begins elsewhere at once, as unread until it is looked at, on every page alike', async () => {
    const twin = await newTab(context, gateway);
    await twin.page.goto(`${gateway.url}/chat`);
    await row(twin.page, 'Trains').waitFor();
    await other.post('/webhook', { message: 'say:Something rang the bell' });
    const title = /Something rang the bell/;
    for (const tab of [page, twin.page]) {
      await row(tab, title).getByRole('img', { name: 'Webhook' }).waitFor();
      await row(tab, title).getByRole('img', { name: 'Unread' }).waitFor();
    }
    await page.getByRole('button', { name: 'Filter conversations' }).click();
    await page.getByRole('menuitemradio', { name: 'Webhook' }).click();
    await row(page, 'Trains').waitFor({ state: 'detached' });
    await row(page, title).click();
    await finished(page);
    for (const tab of [page, twin.page])
      await row(tab, title).getByRole('img', { name: 'Unread' }).waitFor({ state: 'detached' });
    await menu(page, 'say:Something rang the bell', 'Pin');
    await list(twin.page)
      .getByRole('region', { name: 'Pinned' })
      .getByRole('link', { name: title })
      .waitFor();
    assert.deepEqual([...unexpected(), ...twin.unexpected()], []);
    await twin.page.close();
  });

  it('shows which ones are being answered', async () => {
    await say(page, 'hold:busy say:Slowly but surely');
    const busy = row(page, /Slowly but surely/).getByRole('img', { name: 'The agent is answering' });
    await busy.waitFor();
    await model.release('busy');
    await finished(page);
    await busy.waitFor({ state: 'detached' });
    assert.equal(
      await row(page, /Slowly but surely/)
        .getByRole('img', { name: 'Unread' })
        .count(),
      0,
    );
    assert.deepEqual(unexpected(), []);
  });

  it('reads on while one scrolls through many', async () => {
    for (let number = 0; number < 60; number++)
      await other.post('/api/sessions', { title: `Many ${String(number).padStart(2, '0')}` });
    await page.reload();
    await row(page, 'Many 59').waitFor();
    const before = await list(page).getByRole('link').count();
    assert.ok(before < 60, `${before} at first`);
    await row(page, 'Many 25').scrollIntoViewIfNeeded();
    await row(page, 'Many 00').waitFor();
    assert.deepEqual(unexpected(), []);
  });
});

describe('the composer', () => {
  let context;
  let page;
  let unexpected;
  before(async () => {
    context = await newContext(browser, { state });
  });
  after(() => context?.close());
  beforeEach(async () => {
    await page?.close();
    ({ page, unexpected } = await newTab(context, gateway));
    await page.goto(`${gateway.url}/chat`);
    await composer(page).waitFor();
  });

  it('keeps text and files of a draft over a reload, per conversation', async () => {
    await say(page, 'say:First');
    await finished(page);
    const address = page.url();
    await composer(page).fill('half a thought');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('remember the milk') });
    await page.getByText('notes.txt').waitFor();
    await page.goto(`${gateway.url}/chat`);
    await composer(page).waitFor();
    assert.equal(await composer(page).inputValue(), '');
    assert.equal(await page.getByText('notes.txt').count(), 0);
    await page.goto(address);
    await page.reload();
    await page.getByText('notes.txt').waitFor();
    assert.equal(await composer(page).inputValue(), 'half a thought');
    await page.getByRole('button', { name: 'Remove notes.txt' }).click();
    await page.getByText('notes.txt').waitFor({ state: 'detached' });
    await composer(page).fill('');
    assert.deepEqual(unexpected(), []);
  });

  it('brings back what was said before with the arrow keys', async () => {
    await say(page, 'say:One');
    await finished(page);
    await say(page, 'say:Two');
    await lastAnswer(page).getByText('Two').waitFor();
    await finished(page);
    await composer(page).press('ArrowUp');
    assert.equal(await composer(page).inputValue(), 'say:Two');
    await composer(page).press('ArrowUp');
    assert.equal(await composer(page).inputValue(), 'say:One');
    await composer(page).press('ArrowDown');
    await composer(page).press('ArrowDown');
    assert.equal(await composer(page).inputValue(), '');
    assert.deepEqual(unexpected(), []);
  });

  it('stays quick with 40 KB in it', async () => {
    const part = 'Some words in a paragraph that is about as long as paragraphs are.\n\n';
    const text = part.repeat(Math.ceil(40_000 / part.length)).trim();
    await page.evaluate(() => {
      globalThis.long = [];
      new PerformanceObserver((seen) => {
        for (const entry of seen.getEntries()) globalThis.long.push(Math.round(entry.duration));
      }).observe({ type: 'longtask' });
    });
    // As a person does it: a browser that is told to type so many lines takes seconds for that alone.
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate((words) => navigator.clipboard.writeText(words), text);
    await composer(page).click();
    await page.keyboard.press('ControlOrMeta+v');
    for (const key of 'and some more') await page.keyboard.press(key === ' ' ? 'Space' : key);
    assert.equal(await composer(page).inputValue(), `${text}and some more`);
    const longest = Math.max(0, ...(await page.evaluate(() => globalThis.long)));
    console.log(`longest task while writing: ${longest} ms`);
    assert.ok(longest < 500, `${longest} ms`);
    const { height } = await composer(page).boundingBox();
    assert.ok(height > 200 && height < 260, `${height} px high`);
    await composer(page).fill('one line');
    await page.waitForFunction(() => document.querySelector('textarea').offsetHeight < 50);
    await composer(page).fill('one\ntwo\nthree');
    await page.waitForFunction(() => document.querySelector('textarea').offsetHeight > 70);
    await composer(page).fill('');
    assert.deepEqual(unexpected(), []);
  });

  it('takes files by choice, by paste and by drop, and sends them along', async () => {
    await page.locator('input[type=file]').setInputFiles([
      { name: 'square.png', mimeType: 'image/png', buffer: PNG },
      { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') },
    ]);
    const files = page.getByRole('list', { name: 'Attached files' });
    await files.getByText('square.png').waitFor();
    await files.getByText('list.csv').waitFor();
    assert.equal(await files.locator('img').count(), 1);
    const carry = (kind) =>
      page.evaluate(
        ([kind, bytes]) => {
          const data = new DataTransfer();
          const name = `${kind}.png`;
          data.items.add(new File([Uint8Array.from(bytes)], name, { type: 'image/png' }));
          const field = document.querySelector('textarea');
          if (kind === 'paste')
            field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
          else
            for (const type of ['dragenter', 'dragover', 'drop'])
              field.dispatchEvent(
                new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }),
              );
        },
        [kind, [...PNG]],
      );
    await carry('paste');
    await files.getByText('paste.png').waitFor();
    await carry('drop');
    await files.getByText('drop.png').waitFor();
    await page.screenshot({ path: `${SHOTS}/attachments.png` });
    await say(page, 'say:Nice files');
    await finished(page);
    await page.getByRole('log').getByText('list.csv').first().waitFor();
    const last = (await requests()).findLast((request) =>
      JSON.stringify(request.body).includes('Nice files'),
    );
    assert.equal(JSON.stringify(last.body).split('data:image/png;base64').length - 1, 3);
    assert.match(JSON.stringify(last.body), /a,b/);
    assert.deepEqual(unexpected(), []);
  });

  it('says why a file is not taken, before anything is sent', async () => {
    await page.locator('input[type=file]').setInputFiles([
      { name: 'program.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2, 255, 254]) },
      { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      { name: 'huge.txt', mimeType: 'text/plain', buffer: Buffer.alloc(9_000_000, 'x') },
    ]);
    const alert = page.getByRole('alert');
    await alert.getByText(/program.bin is neither an image nor text/).waitFor();
    await alert.getByText('nothing.txt is empty.').waitFor();
    await alert.getByText(/huge.txt is too large: 8.6 MiB, at most/).waitFor();
    await page.screenshot({ path: `${SHOTS}/attachments-refused.png` });
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await alert.waitFor({ state: 'detached' });
    assert.ok(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
    assert.deepEqual(unexpected(), []);
  });

  it('lines up what is said meanwhile, to be changed, taken back or preferred', async () => {
    await say(page, 'hold:long say:A long answer');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    for (const text of ['say:second', 'say:third', 'say:fourth']) {
      await composer(page).fill(text);
      await composer(page).press('Enter');
      await queue(page).getByText(text).waitFor();
    }
    await queue(page).getByText('3 waiting').waitFor();
    await page.screenshot({ path: `${SHOTS}/queue.png` });
    const third = queue(page).getByRole('listitem').filter({ hasText: 'say:third' });
    await third.getByRole('button', { name: 'Edit the waiting message' }).click();
    const field = queue(page).getByRole('textbox', { name: 'Edit the waiting message' });
    await field.fill('say:changed');
    await field.press('Enter');
    await queue(page).getByText('say:changed').waitFor();
    const fourth = queue(page).getByRole('listitem').filter({ hasText: 'say:fourth' });
    await fourth.getByRole('button', { name: 'Withdraw' }).click();
    await queue(page).getByText('2 waiting').waitFor();
    assert.equal(await composer(page).inputValue(), 'say:fourth');
    await composer(page).fill('');

    await page.reload();
    await queue(page).getByText('2 waiting').waitFor();
    await queue(page).getByRole('button', { name: 'Answer now' }).click();
    await queue(page).waitFor({ state: 'detached' });
    await lastAnswer(page).getByText('changed').waitFor();
    await finished(page);
    assert.equal(await asked('say:third'), 0);
    assert.equal(await asked('say:fourth'), 0);
    assert.equal(await asked('say:changed'), 1);
    await model.release('long').catch(() => {});
    assert.deepEqual(unexpected(), []);
  });

  it('lets each conversation have a model of its own', async () => {
    await say(page, 'say:With the usual one');
    await finished(page);
    await page.getByRole('button', { name: 'Model: scripted' }).click();
    const picker = page.getByRole('dialog', { name: 'Model: scripted' });
    await picker.getByRole('option', { name: /Use the default/ }).waitFor();
    await picker.getByRole('combobox').fill('mini');
    await picker.getByRole('option', { name: 'test-model-mini' }).waitFor();
    await page.screenshot({ path: `${SHOTS}/models.png` });
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Model: main/test-model-mini' }).waitFor();
    await say(page, 'say:With another one');
    await lastAnswer(page).getByText('With another one').waitFor();
    await finished(page);
    assert.equal((await requests()).at(-1).body.model, 'test-model-mini');
    await page.reload();
    await page.getByRole('button', { name: 'Model: main/test-model-mini' }).click();
    await page.getByRole('option', { name: /Use the default/ }).click();
    await page.getByRole('button', { name: 'Model: scripted' }).waitFor();
    assert.deepEqual(unexpected(), []);
  });

  it('keeps what is said without a connection and sends it once', async () => {
    await say(page, 'say:Before the cut');
    await finished(page);
    await gateway.crash();
    await page
      .getByText(/Offline|Connection lost|reconnect|Trying again|lost/i)
      .first()
      .waitFor();
    await composer(page).fill('say:Said in the dark');
    await composer(page).press('Enter');
    await page.getByText('Waits for the connection').waitFor();
    await page.reload().catch(() => {});
    await gateway.restart();
    await page.goto(`${gateway.url}/chat`).catch(() => {});
    await row(page, /Before the cut/).click();
    await lastAnswer(page).getByText('Said in the dark').waitFor({ timeout: 30_000 });
    await finished(page);
    await page.reload();
    await finished(page);
    assert.equal(await asked('say:Said in the dark'), 1);
    assert.equal(await page.getByText('say:Said in the dark').count(), 1);
  });
});

describe('on a phone', () => {
  it('has the list in a drawer, takes a file and sends it', async () => {
    const context = await newContext(browser, { width: 360, height: 760, state });
    const { page, unexpected } = await newTab(context, gateway);
    await page.goto(`${gateway.url}/chat`);
    await composer(page).waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: PNG });
    await page.getByRole('button', { name: 'Remove photo.png' }).waitFor();
    await composer(page).tap();
    await page.keyboard.type('say:On the road');
    // The button stays where the finger is, from touching it to letting it go.
    const send = page.getByRole('button', { name: 'Send', exact: true });
    const { x, y, width, height } = await send.boundingBox();
    const finger = await context.newCDPSession(page);
    const at = [{ x: x + width / 2, y: y + height / 2 }];
    await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    assert.deepEqual(await send.boundingBox(), { x, y, width, height });
    await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await lastAnswer(page).getByText('On the road').waitFor();
    await page.getByRole('button', { name: 'Conversations' }).click();
    const drawer = page.getByRole('dialog', { name: 'Conversations' });
    await drawer.getByRole('link', { name: /On the road/ }).waitFor();
    assert.deepEqual(await faults(page, 'drawer'), []);
    await page.screenshot({ path: `${SHOTS}/drawer.png` });
    await drawer.getByRole('link', { name: 'New chat' }).click();
    await drawer.waitFor({ state: 'detached' });
    await page.waitForURL(/\/chat$/);
    assert.deepEqual(await faults(page, 'phone'), []);
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
});
