/**
 * On a phone, whoever writes has the room of the tabs. A tap takes the focus away before it is a click, and what is
 * tapped must not move in between: so the tabs come back a little later.
 */
import { useEffect } from 'react';

const FIELDS = 'textarea, .main input:not([type="checkbox"], [type="radio"])';
/** Milliseconds from the loss of the focus to the click, and some more. */
const TAP = 300;

export function useTypedMark() {
  useEffect(() => {
    const { dataset } = document.documentElement;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = () => {
      clearTimeout(timer);
      delete dataset.typed;
    };
    const left = ({ target }: FocusEvent) => {
      if (!(target instanceof Element) || !target.matches(FIELDS)) return;
      clearTimeout(timer);
      dataset.typed = '';
      timer = setTimeout(forget, TAP);
    };
    document.addEventListener('focusout', left);
    return () => {
      document.removeEventListener('focusout', left);
      forget();
    };
  }, []);
}
