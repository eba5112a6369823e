/** What the gateway can be connected with, how each of it does, setting it up and trying it. */
import './integrations.css';
import { Skeleton } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Integration } from '@/api/types';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { FilterChip, FilterChips } from '@/ui/FilterChip';
import { Note } from '@/ui/Note';
import { PageHeader } from '@/ui/PageHeader';
import { useIntegrations } from './data';
import { IntegrationCard } from './IntegrationCard';
import { IntegrationSheet } from './IntegrationSheet';
import { fitting, GROUPS, type IntegrationsView, SHOWN } from './view.logic';

export default function IntegrationsPage() {
  const view: IntegrationsView = useSearch({ from: '/integrations' });
  const navigate = useNavigate({ from: '/integrations' });
  const go = (next: IntegrationsView, replace = false) =>
    void navigate({ search: next, replace, resetScroll: false });
  const list = useIntegrations();
  const all = list.data?.integrations;
  const { open, show } = view;
  const opened = all?.find(({ id }) => id === open);
  return (
    <div className="page integrations">
      <PageHeader title={t.integrations.title} sub={t.integrations.sub} />
      <ReadOnlyNote />
      {list.isError && !all && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {all && (
        <>
          <FilterChips label={t.integrations.filter}>
            {[undefined, ...SHOWN].map((one) => (
              <FilterChip
                key={one ?? 'all'}
                on={show === one}
                number={fitting(all, one).length}
                onClick={() => go(one ? { show: one } : {}, true)}
              >
                {one ? t.integrations.shown[one] : t.integrations.all}
              </FilterChip>
            ))}
          </FilterChips>
          {open !== undefined && !opened && <Note tone="warn">{t.integrations.gone(open)}</Note>}
          <Groups all={fitting(all, show)} onOpen={(id) => go({ ...view, open: id })} />
          {fitting(all, show).length === 0 && (
            <EmptyState
              role="status"
              icon={IconPlugConnected}
              title={t.integrations.noneTitle}
              body={show && t.integrations.noneBody[show]}
              action={{ label: t.integrations.showAll, onClick: () => go({}, true) }}
            />
          )}
        </>
      )}
      {opened && (
        <IntegrationSheet
          key={opened.id}
          one={opened}
          addresses={list.data?.addresses ?? []}
          onClose={() => go(show ? { show } : {}, true)}
        />
      )}
    </div>
  );
}

function Groups({ all, onOpen }: { all: readonly Integration[]; onOpen: (id: string) => void }) {
  return GROUPS.map((group) => {
    const members = all.filter((one) => one.group === group);
    if (members.length === 0) return null;
    return (
      <section key={group} className="integrations-group">
        <h2 className="panel-title">{t.integrations.groups[group]}</h2>
        <ul className="integrations-cards">
          {members.map((one) => (
            <IntegrationCard key={one.id} one={one} onOpen={() => onOpen(one.id)} />
          ))}
        </ul>
      </section>
    );
  });
}

const Waiting = () => (
  <div className="integrations-cards" role="status" aria-busy="true" aria-label={t.common.loading}>
    {[0, 1, 2, 3, 4, 5].map((place) => (
      <Skeleton key={place} h={136} radius="lg" />
    ))}
  </div>
);
