import { describe, expect, it } from 'vitest';
import type { Approval } from '@/api/approvals';
import { keep, learn, shownOf } from './kept.logic';
import { readView } from './view.logic';

const asked = (request_id: string) => ({ request_id }) as Approval;
const none = new Map();

describe('the requests on the screen', () => {
  it('keep their places when some are answered and others come', () => {
    const first = keep([], [asked('a'), asked('b')]);
    const then = keep(first, [asked('b'), asked('c')]);
    expect(then.map(({ request_id }) => request_id)).toEqual(['a', 'b', 'c']);
    expect(keep(then, [asked('c')])).toBe(then);
    const outcomes = learn(none, 'a', { decision: 'deny', by: 'Phone' }, false);
    expect(shownOf(then, [asked('c')], outcomes)).toMatchObject([
      { waits: false, outcome: { decision: 'deny' } },
      { waits: false, outcome: undefined },
      { waits: true },
    ]);
  });

  it('are over once the outcome is known, however old the list is', () => {
    const outcomes = learn(none, 'a', { decision: 'approve' }, true);
    expect(shownOf([asked('a')], [asked('a')], outcomes)).toMatchObject([{ waits: false }]);
  });

  it('tell who was faster, also after the news', () => {
    const news = learn(none, 'a', { decision: 'deny', by: 'Phone' }, false);
    const late = learn(news, 'a', { decision: 'deny', by: 'Phone', late: true }, true);
    expect(late.get('a')?.late).toBe(true);
    expect(learn(late, 'a', { decision: 'deny' }, false)).toBe(late);
  });
});

describe('the address', () => {
  it('is read whoever wrote it', () => {
    expect(readView({ tab: 'rules', request: 'x' })).toEqual({ tab: 'rules', request: 'x' });
    expect(readView({ tab: 'pending', request: 7 })).toEqual({});
  });
});
