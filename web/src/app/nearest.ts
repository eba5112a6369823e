/** Which names are near a mistyped one. */

/** How many letters have to be added, left out or changed. */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [place, wanted] of [...other].entries())
      next.push(
        Math.min(
          (next[place] ?? 0) + 1,
          (row[place + 1] ?? 0) + 1,
          (row[place] ?? 0) + (letter === wanted ? 0 : 1),
        ),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}

const MOST = 3;

/** At most three of `items` whose names are near a part of the address, the nearest first. */
export function nearest<T>(address: string, items: readonly T[], namesOf: (item: T) => string[]): T[] {
  const parts = address.toLowerCase().split('/').filter(Boolean).slice(0, 4);
  const far = (item: T) =>
    Math.min(
      ...namesOf(item).flatMap((name) =>
        parts.map((part) => {
          const wanted = name.toLowerCase();
          const typed = part.slice(0, 40);
          if (typed.length >= 3 && (wanted.startsWith(typed) || typed.startsWith(wanted))) return 0.1;
          return distance(typed, wanted) / Math.max(typed.length, wanted.length);
        }),
      ),
    );
  return items
    .map((item) => ({ item, far: far(item) }))
    .filter(({ far: away }) => away <= 0.5)
    .sort((one, other) => one.far - other.far)
    .slice(0, MOST)
    .map(({ item }) => item);
}
