/** Asks the drawing frame for diagrams, one after the other. The frame is made with the first and kept. */

export interface Drawn {
  svg: string;
  width: number;
  height: number;
  /** What kind of diagram it is: "flowchart", "sequence". */
  kind: string;
}

export interface DrawOrder {
  id: number;
  source: string;
  scheme: 'light' | 'dark';
}

export type DrawAnswer = { id: number; drawn: Drawn } | { id: number; failed: true } | { ready: true };

const PATIENCE_MS = 15_000;
const LONGEST = 20_000;
const KEPT = 40;

let frame: Promise<Window> | undefined;
let orders = 0;
let queue: Promise<unknown> = Promise.resolve();
const kept = new Map<string, Drawn>();

function openFrame(): Promise<Window> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('iframe');
    element.src = '/diagram.html';
    element.className = 'diagram-frame';
    element.title = '';
    element.tabIndex = -1;
    element.setAttribute('aria-hidden', 'true');
    const over = (outcome: () => void) => {
      clearTimeout(timer);
      window.removeEventListener('message', listen);
      outcome();
    };
    const listen = (event: MessageEvent<DrawAnswer>) => {
      const { contentWindow } = element;
      if (contentWindow && event.source === contentWindow && 'ready' in event.data)
        over(() => resolve(contentWindow));
    };
    const timer = setTimeout(() => {
      element.remove();
      over(() => reject(new Error('no frame')));
    }, PATIENCE_MS);
    window.addEventListener('message', listen);
    document.body.append(element);
  });
}

async function order(source: string, scheme: DrawOrder['scheme']): Promise<Drawn> {
  frame ??= openFrame();
  const target = await frame.catch((error: unknown) => {
    frame = undefined;
    throw error;
  });
  orders += 1;
  const id = orders;
  return new Promise((resolve, reject) => {
    const over = (outcome: () => void) => {
      clearTimeout(timer);
      window.removeEventListener('message', listen);
      outcome();
    };
    const listen = (event: MessageEvent<DrawAnswer>) => {
      if (event.source !== target || !('id' in event.data) || event.data.id !== id) return;
      const answer = event.data;
      over(() => ('drawn' in answer ? resolve(answer.drawn) : reject(new Error('not drawn'))));
    };
    const timer = setTimeout(() => over(() => reject(new Error('too slow'))), PATIENCE_MS);
    window.addEventListener('message', listen);
    target.postMessage({ id, source, scheme } satisfies DrawOrder, location.origin);
  });
}

/** Fails for what is no diagram, or takes too long. */
export async function draw(source: string, scheme: DrawOrder['scheme']): Promise<Drawn> {
  const key = `${scheme} ${source}`;
  const before = kept.get(key);
  if (before) return before;
  if (source.length > LONGEST) throw new Error('too long');
  const drawn = queue.then(() => order(source, scheme));
  queue = drawn.catch(() => undefined);
  kept.set(key, await drawn);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return drawn;
}
