/** Models without a known price are named, with the way to give them one. */
import { Button } from '@mantine/core';
import type { Cost } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { shortCount } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { Note } from '@/ui/Note';
import type { CostSearch } from './search.logic';
import { callsOf } from './words';

interface UnpricedProps {
  report: Cost;
  go: (next: CostSearch) => void;
}

export function Unpriced({ report, go }: UnpricedProps) {
  const whyNot = useWhyNot('admin');
  const unknown = report.unpriced_models.filter(({ priced_now }) => !priced_now);
  const late = report.unpriced_models.filter(({ priced_now }) => priced_now);
  const calls = late.reduce((sum, model) => sum + model.calls, 0);
  return (
    <>
      {unknown.length > 0 && (
        <Note tone="warn" title={t.cost.unpricedTitle(unknown.length)}>
          <p className="cost-plain">{t.cost.unpricedBody}</p>
          <ul className="unpriced">
            {unknown.map(({ provider, model, calls, tokens }) => (
              <li key={`${provider}/${model}`}>
                <span className="mono">
                  {provider}/{model}
                </span>
                <span className="num">{t.cost.unpricedOne(callsOf(calls), shortCount(tokens))}</span>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t.cost.setPriceOf(`${provider}/${model}`)}
                  onClick={() => go({ tab: 'prices', provider, model })}
                  {...disabledBecause(whyNot)}
                >
                  {t.cost.setPrice}
                </Button>
              </li>
            ))}
          </ul>
        </Note>
      )}
      {calls > 0 && <Note tone="info">{t.cost.unknownCalls(callsOf(calls))}</Note>}
    </>
  );
}
