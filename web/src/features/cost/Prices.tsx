/** What a million tokens cost, and where that is known from; its owner's own prices go before the list's. */
import { Button, Skeleton } from '@mantine/core';
import { IconPlus, IconTags } from '@tabler/icons-react';
import { useState } from 'react';
import type { ModelPrice } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { day, exactDollars } from '@/i18n/format';
import { ActionMenu } from '@/ui/ActionMenu';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Panel } from '@/ui/Panel';
import { StatusBadge } from '@/ui/StatusBadge';
import { toast, toastUndo } from '@/ui/toast';
import { noon } from './chart.logic';
import { ownOf, putPrices, useCostActions, usePrices } from './data';
import { PriceDialog } from './PriceDialog';
import type { CostSearch } from './search.logic';

interface PricesProps {
  /** The model whose price is to be set, where a link names one. */
  wanted: CostSearch;
  go: (next: CostSearch, replace?: boolean) => void;
}

type Editing = Pick<ModelPrice, 'provider' | 'model'> & Partial<ModelPrice>;

export function Prices({ wanted, go }: PricesProps) {
  const whyNot = useWhyNot('admin');
  const list = usePrices();
  const [adding, setAdding] = useState(false);
  const { reread } = useCostActions();
  const prices = list.data?.prices ?? [];
  const add = () => setAdding(true);
  useCommands(
    whyNot === undefined
      ? [{ id: 'cost-add-price', label: t.cost.addPrice, icon: IconPlus, group: 'page', run: add }]
      : [],
  );
  const edit = ({ provider, model }: Editing) => go({ tab: 'prices', provider, model });
  const close = () => {
    setAdding(false);
    go({ tab: 'prices' }, true);
  };
  const drop = (price: ModelPrice) => {
    const own = ownOf(prices);
    putPrices(own.filter(({ provider, model }) => provider !== price.provider || model !== price.model)).then(
      () => {
        void reread();
        toastUndo({
          id: `price-${price.provider}/${price.model}`,
          message: t.cost.dropped(price.model),
          undo: () => putPrices(own).then(reread),
          undone: t.cost.priceSaved(price.model),
        });
      },
      (error: unknown) => toast.failed(error),
    );
  };
  if (list.isError && !list.data)
    return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton h={320} radius="lg" />;
  const named = wanted.model
    ? (prices.find(({ provider, model }) => provider === wanted.provider && model === wanted.model) ?? {
        provider: wanted.provider ?? '*',
        model: wanted.model,
      })
    : undefined;
  const editing: Editing | undefined = adding ? { provider: '*', model: '' } : named;
  return (
    <Panel
      title={t.cost.prices}
      sub={t.cost.pricesSub(day(noon(list.data.as_of)))}
      actions={
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={add}
          {...disabledBecause(whyNot)}
        >
          {t.cost.addPrice}
        </Button>
      }
    >
      {prices.length === 0 ? (
        <EmptyState icon={IconTags} title={t.cost.noPrices} />
      ) : (
        <div className="cost-scroll">
          <table className="cost-table cost-prices num">
            <thead>
              <tr>
                <th scope="col">{t.cost.model}</th>
                <th scope="col">{t.cost.priceSent}</th>
                <th scope="col">{t.cost.priceCached}</th>
                <th scope="col">{t.cost.priceOut}</th>
                <th scope="col">{t.cost.source}</th>
                <th scope="col">
                  <span className="unseen">{t.cost.change}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {prices.map((price) => (
                <PriceRow
                  key={`${price.provider}/${price.model}`}
                  price={price}
                  whyNot={whyNot}
                  onEdit={() => edit(price)}
                  onDrop={() => drop(price)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && whyNot === undefined && <PriceDialog before={editing} prices={prices} onClose={close} />}
    </Panel>
  );
}

interface PriceRowProps {
  price: ModelPrice;
  whyNot: string | undefined;
  onEdit: () => void;
  onDrop: () => void;
}

function PriceRow({ price, whyNot, onEdit, onDrop }: PriceRowProps) {
  const { input_per_million_usd: input, output_per_million_usd: output, source } = price;
  const { packaged_input_per_million_usd: listIn, packaged_output_per_million_usd: listOut } = price;
  const known = input != null && output != null;
  return (
    <tr>
      <th scope="row">
        <span className="cost-name">{price.model}</span>
        <small>{price.provider === '*' ? t.cost.anyProvider : price.provider}</small>
      </th>
      {known ? (
        <>
          <td data-label={t.cost.priceSent}>{exactDollars(input)}</td>
          <td>
            {price.cached_input_per_million_usd == null ? (
              <span className="dimmed">{t.cost.asSent}</span>
            ) : (
              exactDollars(price.cached_input_per_million_usd)
            )}
          </td>
          <td data-label={t.cost.priceOut}>{exactDollars(output)}</td>
        </>
      ) : (
        <>
          <td className="cost-unknown">{t.cost.unknown}</td>
          <td />
          <td />
        </>
      )}
      <td>
        {source == null ? (
          <StatusBadge tone="warn">{t.cost.priceUnknown}</StatusBadge>
        ) : (
          <StatusBadge tone={source === 'custom' ? 'info' : 'off'}>{t.cost.sources[source]}</StatusBadge>
        )}
        {source === 'custom' && listIn != null && listOut != null && (
          <small>{t.cost.insteadOf(exactDollars(listIn), exactDollars(listOut))}</small>
        )}
      </td>
      <td>
        {source === 'custom' ? (
          <ActionMenu
            label={t.cost.changeOf(price.model)}
            entries={() => [
              { label: t.cost.change, onSelect: onEdit, why: whyNot },
              {
                label: listIn == null ? t.cost.dropUnknown : t.cost.drop,
                onSelect: onDrop,
                why: whyNot,
              },
            ]}
          />
        ) : (
          <Button
            size="compact-sm"
            variant={source == null ? 'default' : 'subtle'}
            color={source == null ? undefined : 'gray'}
            aria-label={t.cost.setPriceOf(price.model)}
            onClick={onEdit}
            {...disabledBecause(whyNot)}
          >
            {source == null ? t.cost.setPrice : t.cost.change}
          </Button>
        )}
      </td>
    </tr>
  );
}
