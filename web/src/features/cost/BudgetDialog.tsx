/** One further budget: for whom, for how long, how much. */
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { $api } from '@/api/client';
import type { BudgetInput } from '@/api/types';
import { t } from '@/i18n';
import { failureOf } from '@/ui/failure';
import { toast } from '@/ui/toast';
import { asTyped, money, sameKind } from './budgets.logic';
import { useCostActions } from './data';
import { ORIGINS } from './search.logic';

const SCOPES = ['session', 'origin', 'device', 'job'] as const;
const PERIODS = ['day', 'month', 'total'] as const;
type Scope = (typeof SCOPES)[number];

interface BudgetDialogProps {
  /** The one that is changed. */
  before?: BudgetInput;
  all: readonly BudgetInput[];
  onClose: () => void;
}

export function BudgetDialog({ before, all, onClose }: BudgetDialogProps) {
  const [scope, setScope] = useState<Scope>(before && before.scope !== 'all' ? before.scope : 'session');
  const [of, setOf] = useState(before?.of ?? '*');
  const [period, setPeriod] = useState<BudgetInput['period']>(before?.period ?? 'total');
  const [limit, setLimit] = useState(asTyped(before?.limit_usd));
  const [shown, setShown] = useState(false);
  const { budgets: put } = useCostActions();
  const amount = money(limit);
  const wrong = amount === undefined || Number(amount) === 0;
  const made: BudgetInput = { scope, of: of.trim() || '*', period, limit_usd: amount ?? '0' };
  const others = all.filter((one) => !before || !sameKind(one, before));
  const taken = others.some((one) => sameKind(one, made));
  const save = (event: FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (wrong || taken || put.isPending) return;
    const place = before ? all.findIndex((one) => sameKind(one, before)) : -1;
    const budgets = place < 0 ? [...all, made] : all.map((one, at) => (at === place ? made : one));
    put.mutate(
      { budgets },
      {
        onSuccess: () => {
          toast.done(t.cost.saved);
          onClose();
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={before ? t.cost.editBudget : t.cost.addBudget}
      closeOnClickOutside={!limit.trim()}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form onSubmit={save} noValidate className="cost-form">
        <NativeSelect
          label={t.cost.scope}
          value={scope}
          data={SCOPES.map((value) => ({ value, label: t.cost.scopes[value] }))}
          onChange={(event) => {
            setScope(SCOPES.find((one) => one === event.currentTarget.value) ?? scope);
            setOf('*');
          }}
        />
        <Whose scope={scope} of={of} onChange={setOf} />
        <NativeSelect
          label={t.cost.period}
          value={period}
          data={PERIODS.map((value) => ({ value, label: t.cost.periods[value] }))}
          onChange={(event) => setPeriod(PERIODS.find((one) => one === event.currentTarget.value) ?? period)}
        />
        <TextInput
          label={t.cost.limit}
          leftSection="$"
          inputMode="decimal"
          autoComplete="off"
          data-autofocus
          value={limit}
          error={shown && wrong ? t.cost.badMoney : undefined}
          onChange={(event) => setLimit(event.currentTarget.value)}
        />
        {(taken || put.isError) && (
          <p role="alert" className="dialog-error">
            {taken ? t.cost.exists : failureOf(put.error).message}
          </p>
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={put.isPending}>
            {t.cost.keep}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

interface WhoseProps {
  scope: Scope;
  of: string;
  onChange: (of: string) => void;
}

/** Ways in and devices can be listed; conversations and jobs are named by their ids. */
function Whose({ scope, of, onChange }: WhoseProps) {
  const devices = $api.useQuery('get', '/api/devices', {}, { enabled: scope === 'device' }).data?.devices;
  const each = { value: '*', label: t.cost.each[scope] };
  if (scope === 'session' || scope === 'job')
    return (
      <TextInput
        label={t.cost.whose}
        description={t.cost.whoseHint[scope]}
        placeholder={t.cost.each[scope]}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={of === '*' ? '' : of}
        onChange={(event) => onChange(event.currentTarget.value || '*')}
      />
    );
  const known =
    scope === 'origin'
      ? ORIGINS.map((value) => ({ value: value as string, label: t.cost.origins[value] ?? value }))
      : (devices ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const missing = of !== '*' && !known.some(({ value }) => value === of) ? [{ value: of, label: of }] : [];
  return (
    <NativeSelect
      label={t.cost.whose}
      value={of}
      data={[each, ...known, ...missing]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
