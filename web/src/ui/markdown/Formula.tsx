/** A formula, as MathML that the browser sets. The reader of TeX is loaded with the first one. */
import { memo, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import type { Formula as FormulaText } from './formulas';

type SetFormula = typeof import('./setFormula').setFormula;
let ready: SetFormula | undefined;
let loading: Promise<SetFormula> | undefined;
const load = () => {
  loading ??= import('./setFormula').then((module) => {
    ready = module.setFormula;
    return ready;
  });
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
};

export const Formula = memo(
  function Formula({ formula: { tex, source, display } }: { formula: FormulaText }) {
    const place = useRef<HTMLSpanElement>(null);
    const [set, setSet] = useState(() => ready);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (set) return;
      let current = true;
      load().then(
        (loaded) => current && setSet(() => loaded),
        () => current && setFailed(true),
      );
      return () => {
        current = false;
      };
    }, [set]);
    useEffect(() => {
      if (set && place.current) setFailed(!set(tex, place.current, display));
    }, [set, tex, display]);
    const plain = failed || !set;
    return (
      <>
        {plain && (
          <code
            className={display ? 'md-tex md-tex-block' : 'md-tex'}
            title={failed ? t.thread.noFormula : undefined}
          >
            {source}
          </code>
        )}
        <span
          ref={place}
          hidden={plain}
          className={display ? 'md-formula md-formula-block' : 'md-formula'}
          {...(display && { tabIndex: 0, role: 'group', 'aria-label': t.thread.formula })}
        />
      </>
    );
  },
  (before, after) =>
    before.formula.tex === after.formula.tex && before.formula.display === after.formula.display,
);
