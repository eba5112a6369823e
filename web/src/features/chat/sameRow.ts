/** Rows are made anew for each frame; one that says the same is not rendered again. */

export function sameRow<Props extends { row: object }>(
  before: Readonly<Props>,
  after: Readonly<Props>,
): boolean {
  const keys = Object.keys(after) as (keyof Props)[];
  return keys.every((key) =>
    key === 'row' ? sameFields(before.row, after.row) : Object.is(before[key], after[key]),
  );
}

export function sameFields(before: object, after: object): boolean {
  const fields = Object.keys(after) as (keyof typeof after)[];
  return (
    fields.length === Object.keys(before).length && fields.every((field) => before[field] === after[field])
  );
}
