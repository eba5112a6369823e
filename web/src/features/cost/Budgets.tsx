/** The budgets: how they stand, and how they are changed. */
import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { BudgetInput, BudgetStatus, CostLimits } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { dollars } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { Panel } from '@/ui/Panel';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import { toast, toastUndo } from '@/ui/toast';
import { BudgetDialog } from './BudgetDialog';
import { inputOf } from './budgets.logic';
import { putBudgets, useCostActions } from './data';
import { Meter, TONES } from './Meter';
import { WholeBudget } from './WholeBudget';
import { budgetName, originName } from './words';

export function Budgets({ limits }: { limits: CostLimits | undefined }) {
  const whyNot = useWhyNot('admin');
  if (!limits)
    return (
      <div className="cost-parts" aria-busy="true">
        <Skeleton h={420} radius="lg" />
        <Skeleton h={200} radius="lg" />
      </div>
    );
  return (
    <div className="cost-parts">
      <WholeBudget limits={limits} whyNot={whyNot} />
      <More budgets={limits.budgets} whyNot={whyNot} />
    </div>
  );
}

interface MoreProps {
  budgets: readonly BudgetStatus[];
  whyNot: string | undefined;
}

function More({ budgets, whyNot }: MoreProps) {
  const [editing, setEditing] = useState<BudgetInput | 'new' | null>(null);
  const { reread } = useCostActions();
  const all = budgets.map(inputOf);
  const add = () => setEditing('new');
  useCommands(
    whyNot === undefined
      ? [{ id: 'cost-add-budget', label: t.cost.addBudget, icon: IconPlus, group: 'page', run: add }]
      : [],
  );
  const remove = (budget: BudgetStatus) => {
    const name = budgetName(budget);
    // Not by the hook: what is offered to take it back outlives this list.
    putBudgets({ budgets: budgets.filter((other) => other !== budget).map(inputOf) }).then(
      () => {
        void reread();
        toastUndo({
          id: `budget-${budget.name}`,
          message: t.cost.removed(name),
          undo: () => putBudgets({ budgets: all }).then(reread),
          undone: t.cost.isBack,
        });
      },
      (error: unknown) => toast.failed(error),
    );
  };
  return (
    <Panel
      title={t.cost.moreTitle}
      sub={t.cost.moreSub}
      actions={
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={add}
          {...disabledBecause(whyNot)}
        >
          {t.cost.addBudget}
        </Button>
      }
    >
      {budgets.length === 0 && <p className="dimmed cost-plain">{t.cost.noMore}</p>}
      {budgets.length > 0 && (
        <ul className="budgets">
          {budgets.map((budget) => (
            <li key={budget.name} className="budget">
              <div className="budget-head">
                <span className="budget-name">{budgetName(budget)}</span>
                {budget.state !== 'ok' && (
                  <StatusBadge tone={TONES[budget.state]}>{t.cost.states[budget.state]}</StatusBadge>
                )}
                <span className="budget-tools">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    {...tip(t.cost.editNamed(budgetName(budget)))}
                    onClick={() => setEditing(inputOf(budget))}
                    {...disabledBecause(whyNot)}
                  >
                    <IconPencil size={17} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    {...tip(t.cost.removeNamed(budgetName(budget)))}
                    onClick={() => remove(budget)}
                    {...disabledBecause(whyNot)}
                  >
                    <IconTrash size={17} aria-hidden />
                  </ActionIcon>
                </span>
              </div>
              <Meter budget={budget} />
              {budget.of === '*' && budget.keys.length > 0 && (
                <p className="meter-words num">
                  <span>{t.cost.most}</span>
                  {budget.keys.slice(0, 3).map(({ key, name, spent_usd }) => (
                    <span key={key}>
                      {name ?? (budget.scope === 'origin' ? originName(key) : key)} {dollars(spent_usd)}
                    </span>
                  ))}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <BudgetDialog
          before={editing === 'new' ? undefined : editing}
          all={all}
          onClose={() => setEditing(null)}
        />
      )}
    </Panel>
  );
}
