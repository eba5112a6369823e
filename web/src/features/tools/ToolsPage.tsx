/** What the agent can do: what each tool takes, whether it may be used, how it does, and a place to try it out. */
import './tools.css';
import { ActionIcon, Skeleton, TextInput } from '@mantine/core';
import { IconSearch, IconTool, IconX, IconZoomExclamation } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import type { ToolList } from '@/api/types';
import { useCommands } from '@/app/commands';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { tip } from '@/ui/Tips';
import { useTools } from './data';
import { Groups } from './Groups';
import { groupsOf } from './groups.logic';
import { ToolDetail } from './ToolDetail';
import type { View } from './view.logic';

export default function ToolsPage() {
  const view: View = useSearch({ from: '/tools' });
  const navigate = useNavigate({ from: '/tools' });
  const go = useCallback(
    (next: View, replace = false) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  const list = useTools();
  return (
    <div className="page tools" data-open={view.tool !== undefined || undefined}>
      <PageHeader title={t.tools.title} sub={t.tools.sub} />
      <ReadOnlyNote scope="admin" />
      {list.isError && !list.data ? (
        <ErrorState title={t.tools.failed} error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <div className="tools-both">
          <div className="tools-list">
            <Search view={view} go={go} />
            {list.data ? <Listed list={list.data} view={view} go={go} /> : <Loading />}
          </div>
          <Chosen list={list.data} view={view} go={go} />
        </div>
      )}
    </div>
  );
}

interface PartProps {
  view: View;
  go: (next: View, replace?: boolean) => void;
}

function Listed({ list, view, go }: PartProps & { list: ToolList }) {
  const groups = groupsOf(list.tools, view.q ?? '');
  return (
    <>
      <p className="tools-autonomy">{t.tools.autonomy[list.autonomy]}</p>
      {groups.length === 0 ? (
        <EmptyState
          role="status"
          icon={IconZoomExclamation}
          title={t.tools.noneTitle}
          body={t.tools.noneBody}
          action={{ label: t.tools.showAll, onClick: () => go({}) }}
        />
      ) : (
        <Groups groups={groups} sandbox={list.sandbox} view={view} />
      )}
    </>
  );
}

function Chosen({ list, view, go }: PartProps & { list: ToolList | undefined }) {
  const tool = list?.tools.find(({ name }) => name === view.tool);
  const place = useRef<HTMLElement>(null);
  const name = view.tool;
  const before = useRef(name);
  useEffect(() => {
    // What was opened by a press is read next; an address opened as such leaves the focus alone.
    if (name !== undefined && name !== before.current) place.current?.focus({ preventScroll: true });
    before.current = name;
  }, [name]);
  return (
    <section
      className="tools-detail"
      ref={place}
      tabIndex={-1}
      aria-label={view.tool ?? t.tools.chooseTitle}
      aria-busy={!list || undefined}
    >
      {!list ? (
        <Skeleton h={320} radius={12} />
      ) : tool ? (
        <ToolDetail key={tool.name} tool={tool} view={view} sandbox={list.sandbox} />
      ) : view.tool === undefined ? (
        <EmptyState icon={IconTool} title={t.tools.chooseTitle} body={t.tools.chooseBody} />
      ) : (
        <EmptyState
          icon={IconZoomExclamation}
          title={t.tools.unknownTitle(view.tool)}
          body={t.tools.unknownBody}
          action={{ label: t.tools.showAll, onClick: () => go({}) }}
        />
      )}
    </section>
  );
}

function Search({ view, go }: PartProps) {
  const input = useRef<HTMLInputElement>(null);
  useCommands([
    {
      id: 'tools-search',
      icon: IconSearch,
      keys: '/',
      label: t.tools.searchLabel,
      group: 'page',
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);
  const search = (q: string) => {
    const { q: _, ...rest } = view;
    go(q ? { ...rest, q } : rest, true);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      className="tools-search"
      aria-label={t.tools.searchLabel}
      placeholder={t.tools.searchHint}
      maxLength={200}
      value={view.q ?? ''}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      enterKeyHint="search"
      leftSection={<IconSearch size={17} aria-hidden />}
      rightSection={
        view.q && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.tools.clearSearch)}
            onClick={() => {
              search('');
              input.current?.focus();
            }}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )
      }
      onChange={(event) => search(event.currentTarget.value)}
    />
  );
}

const Loading = () => (
  <div className="tools-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {[0, 1, 2, 3, 4, 5].map((place) => (
      <Skeleton key={place} h={72} radius="md" />
    ))}
  </div>
);
