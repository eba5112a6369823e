/** The budgets for a day and a month, and what happens when one is used up. What was typed is kept until it is saved. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { $api } from '@/api/client';
import type { CostLimits } from '@/api/types';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { failureOf } from '@/ui/failure';
import { Panel } from '@/ui/Panel';
import { toast } from '@/ui/toast';
import { changeOf, draftOf, type Fault, faultsOf, type WholeDraft } from './budgets.logic';
import { useCostActions } from './data';
import { Meter } from './Meter';

const ON_LIMIT = ['block', 'warn', 'downgrade'] as const;
const UNPRICED = ['allow', 'block'] as const;

export function WholeBudget({ limits, whyNot }: { limits: CostLimits; whyNot: string | undefined }) {
  const before = draftOf(limits);
  const [typed, setTyped] = useState<Partial<WholeDraft>>({});
  const [shown, setShown] = useState(false);
  const { budgets: put } = useCostActions();
  const draft = { ...before, ...typed };
  const change = changeOf(before, draft);
  const faults = faultsOf(draft);
  const wrong = (fault: Fault, words: string) => (shown && faults.includes(fault) ? words : undefined);
  const set = (next: Partial<WholeDraft>) => {
    put.reset();
    setTyped({ ...typed, ...next });
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (faults.length > 0 || !change || put.isPending || whyNot !== undefined) return;
    put.mutate(change, {
      onSuccess: () => {
        setTyped({});
        setShown(false);
        toast.done(t.cost.saved);
      },
    });
  };
  return (
    <Panel title={t.cost.wholeTitle} sub={t.cost.wholeSub}>
      <form onSubmit={save} noValidate>
        <div className="budget-form">
          {(['daily', 'monthly'] as const).map((which) => (
            <div key={which} className="budget-limit">
              <TextInput
                label={which === 'daily' ? t.cost.dailyLimit : t.cost.monthlyLimit}
                description={t.cost.limitHint}
                leftSection="$"
                inputMode="decimal"
                autoComplete="off"
                readOnly={whyNot !== undefined}
                value={draft[which]}
                error={wrong(which, t.cost.badMoney)}
                onChange={(event) => set({ [which]: event.currentTarget.value })}
              />
              <Meter budget={limits[which]} />
            </div>
          ))}
          <TextInput
            label={t.cost.warnAt}
            description={t.cost.warnHint}
            rightSection="%"
            inputMode="numeric"
            autoComplete="off"
            readOnly={whyNot !== undefined}
            value={draft.warnAt}
            error={wrong('warnAt', t.cost.badPercent)}
            onChange={(event) => set({ warnAt: event.currentTarget.value })}
          />
          <NativeSelect
            label={t.cost.unpricedRule}
            description={t.cost.unpricedBody}
            value={draft.unpriced}
            disabled={whyNot !== undefined}
            data={UNPRICED.map((value) => ({ value, label: t.cost.unpricedRules[value] }))}
            onChange={(event) =>
              set({ unpriced: UNPRICED.find((one) => one === event.currentTarget.value) ?? draft.unpriced })
            }
          />
          <NativeSelect
            label={t.cost.onLimit}
            value={draft.onLimit}
            disabled={whyNot !== undefined}
            data={ON_LIMIT.map((value) => ({ value, label: t.cost.onLimits[value] }))}
            onChange={(event) =>
              set({ onLimit: ON_LIMIT.find((one) => one === event.currentTarget.value) ?? draft.onLimit })
            }
          />
          {draft.onLimit === 'downgrade' && (
            <Cheaper
              value={draft.downgradeTo}
              readOnly={whyNot !== undefined}
              error={wrong('downgradeTo', t.cost.downgradeHint)}
              onChange={(downgradeTo) => set({ downgradeTo })}
            />
          )}
        </div>
        {put.isError && (
          <p role="alert" className="dialog-error">
            {failureOf(put.error).message}
          </p>
        )}
        <div className="budget-actions">
          <Button
            type="submit"
            loading={put.isPending}
            disabled={whyNot === undefined && !change}
            {...disabledBecause(whyNot)}
          >
            {t.common.save}
          </Button>
          {change && (
            <>
              <Button variant="default" onClick={() => setTyped({})}>
                {t.cost.discard}
              </Button>
              <span className="dimmed" role="status">
                {t.cost.unsaved}
              </span>
            </>
          )}
        </div>
      </form>
    </Panel>
  );
}

interface CheaperProps {
  value: string;
  readOnly: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Cheaper({ value, readOnly, error, onChange }: CheaperProps) {
  const models = $api.useQuery('get', '/api/models', {}).data?.models ?? [];
  const names = models.map((model) => `${model.provider}/${model.id}`);
  return (
    <div>
      <TextInput
        label={t.cost.downgradeTo}
        description={t.cost.downgradeHint}
        list="cost-models"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        readOnly={readOnly}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id="cost-models">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
