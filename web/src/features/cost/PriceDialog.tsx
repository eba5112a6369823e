/** The price of one model, in dollars for a million tokens. */
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { $api } from '@/api/client';
import type { CustomPrice, ModelPrice } from '@/api/types';
import { t } from '@/i18n';
import { failureOf } from '@/ui/failure';
import { toast } from '@/ui/toast';
import { asTyped, money } from './budgets.logic';
import { ownOf, useCostActions } from './data';

interface PriceDialogProps {
  before: Pick<ModelPrice, 'provider' | 'model'> & Partial<ModelPrice>;
  prices: readonly ModelPrice[];
  onClose: () => void;
}

export function PriceDialog({ before, prices, onClose }: PriceDialogProps) {
  const [provider, setProvider] = useState(before.provider ?? '*');
  const [model, setModel] = useState(before.model);
  const [input, setInput] = useState(asTyped(before.input_per_million_usd));
  const [cached, setCached] = useState(asTyped(before.cached_input_per_million_usd));
  const [output, setOutput] = useState(asTyped(before.output_per_million_usd));
  const [shown, setShown] = useState(false);
  const { prices: put } = useCostActions();
  const providers = $api.useQuery('get', '/api/providers', {}).data?.providers ?? [];
  const names = [...new Set([...providers.map(({ name }) => name), provider])].filter((name) => name !== '*');
  const sent = money(input);
  const fromCache = cached.trim() === '' ? null : money(cached);
  const produced = money(output);
  const name = model.trim().replace(/\s+/g, ' ');
  const ready = sent !== undefined && fromCache !== undefined && produced !== undefined && name !== '';
  const save = (event: FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (!ready || put.isPending) return;
    const made: CustomPrice = {
      provider,
      model: name,
      input_per_million_usd: sent,
      ...(fromCache === null ? {} : { cached_input_per_million_usd: fromCache }),
      output_per_million_usd: produced,
    };
    const same = (one: CustomPrice, other: { provider?: string; model: string }) =>
      one.provider === other.provider && one.model.toLowerCase() === other.model.toLowerCase();
    const others = ownOf(prices).filter((one) => !same(one, before) && !same(one, made));
    put.mutate([...others, made], {
      onSuccess: () => {
        toast.done(t.cost.priceSaved(name));
        onClose();
      },
    });
  };
  const rate = (label: string, value: string, set: (text: string) => void, wrong: boolean, hint?: string) => (
    <TextInput
      label={label}
      description={hint}
      leftSection="$"
      inputMode="decimal"
      autoComplete="off"
      value={value}
      error={shown && wrong ? t.cost.badMoney : undefined}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.cost.priceTitle}
      closeOnClickOutside={!input.trim()}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form onSubmit={save} noValidate className="cost-form">
        <NativeSelect
          label={t.cost.provider}
          value={provider}
          data={[
            { value: '*', label: t.cost.anyProvider },
            ...names.map((value) => ({ value, label: value })),
          ]}
          onChange={(event) => setProvider(event.currentTarget.value)}
        />
        <TextInput
          label={t.cost.model}
          description={t.cost.modelHint}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-autofocus={before.model === '' || undefined}
          value={model}
          error={shown && name === '' ? t.cost.modelHint : undefined}
          onChange={(event) => setModel(event.currentTarget.value)}
        />
        {rate(t.cost.priceSent, input, setInput, sent === undefined)}
        {rate(t.cost.priceCached, cached, setCached, fromCache === undefined, t.cost.cachedHint)}
        {rate(t.cost.priceOut, output, setOutput, produced === undefined)}
        {put.isError && (
          <p role="alert" className="dialog-error">
            {failureOf(put.error).message}
          </p>
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={put.isPending}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
