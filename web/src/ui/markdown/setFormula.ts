/** Turns TeX into MathML elements; never into a string of HTML. Loaded with the first formula. */
import 'temml/dist/Temml-Local.css';
import temml from 'temml';

/** Nothing in a formula may lead anywhere or run away: no links, no classes, bounded sizes and macros. */
const OPTIONS = {
  trust: false,
  strict: false,
  throwOnError: true,
  maxSize: [40, 40],
  maxExpand: 400,
} as const;

/** False where it is no formula after all. */
export function setFormula(tex: string, place: HTMLElement, display: boolean): boolean {
  try {
    temml.render(tex, place, { ...OPTIONS, maxSize: [...OPTIONS.maxSize], displayMode: display });
    return true;
  } catch {
    place.replaceChildren();
    return false;
  }
}
