/** How long to wait before the next try to connect. */

const FIRST_MS = 400;
const MOST_MS = 15_000;

/** Doubles from 0.4 s to 15 s; half of it is chance, so that many tabs do not come back in one instant. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling * (0.5 + random() / 2));
}
