/** How well a name answers what was typed: whole beginnings before beginnings of words, before letters in order. */

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** 0 when it does not answer; otherwise more is better. */
function wordScore(name: string, wanted: string): number {
  if (name.startsWith(wanted)) return 1 - name.length / 10_000;
  const inside = name.indexOf(wanted);
  if (inside > 0) return (/[\s/_.-]/.test(name[inside - 1] ?? '') ? 0.8 : 0.6) - name.length / 10_000;
  if (wanted.length < 2) return 0;
  // Its letters in order, the first one at the beginning of a word.
  let at = 0;
  let jumps = 0;
  for (const [place, letter] of [...wanted].entries()) {
    const next = name.indexOf(letter, at);
    if (next === -1) return 0;
    if (place === 0 && next > 0 && !/\s/.test(name[next - 1] ?? '')) return 0;
    if (place > 0 && next > at) jumps += 1;
    at = next + 1;
  }
  return jumps > 2 ? 0 : 0.4 - jumps * 0.05 - name.length / 10_000;
}

export interface Named {
  label: string;
  words?: string;
}

/** Each typed word has to be answered, by the name or by the words it is also known by. */
export function score(item: Named, typed: string): number {
  const name = fold(item.label);
  const others = item.words ? fold(item.words).split(/\s+/) : [];
  let sum = 0;
  const wanted = fold(typed.trim());
  const whole = wordScore(name, wanted);
  if (whole > 0) return 1 + whole;
  const parts = wanted.split(/\s+/);
  for (const part of parts) {
    const best = Math.max(wordScore(name, part), ...others.map((word) => (word.startsWith(part) ? 0.5 : 0)));
    if (best === 0) return 0;
    sum += best;
  }
  return sum / parts.length;
}

/** What answers, the best first; everything in its order while nothing is typed. */
export function answering<T extends Named>(items: readonly T[], typed: string): T[] {
  if (typed.trim() === '') return [...items];
  return items
    .map((item) => ({ item, points: score(item, typed) }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points)
    .map(({ item }) => item);
}
