/**
 * A control that may not be used now, and says why: it stays reachable, so that keyboard and screen reader meet the
 * reason too. Spread the result last: `<Button onClick={save} {...disabledBecause(whyNot)}>`.
 */
import type { MouseEvent } from 'react';

const refuse = (event: MouseEvent) => {
  event.preventDefault();
  event.stopPropagation();
};

export const disabledBecause = (why: string | undefined) =>
  why === undefined
    ? {}
    : ({
        'aria-disabled': true,
        'data-disabled': true,
        'aria-description': why,
        'data-tip': why,
        onClick: refuse,
      } as const);
