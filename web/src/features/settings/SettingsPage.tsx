/** The configuration: as a form or as a text, checked while one types, reviewed before it is saved, and taken back. */
import './settings.css';
import { Button, NativeSelect, Skeleton } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SchemaNode } from '@/api/configSchema';
import type { ConfigView } from '@/api/types';
import { useCommands } from '@/app/commands';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { toastUndo } from '@/ui/toast';
import { Conflict, FileState } from './Banners';
import { useConfig, useSchema } from './data';
import { type Desk, useDesk } from './desk';
import { setDraft } from './draft';
import { History } from './History';
import { Review } from './Review';
import { Search } from './Search';
import { SettingsForm } from './SettingsForm';
import { nameOf, sectionsOf } from './sections';
import { TextView } from './TextView';
import type { SettingsView } from './view.logic';

export default function SettingsPage() {
  const config = useConfig();
  const schema = useSchema();
  const failed = config.data && schema.data ? undefined : (config.error ?? schema.error);
  const retry = () => {
    void config.refetch();
    void schema.refetch();
  };
  return (
    <div className="page config">
      <PageHeader title={t.settings.title} sub={t.settings.sub} actions={<Views />} />
      <ReadOnlyNote />
      {failed ? (
        <ErrorState error={failed} onRetry={retry} />
      ) : config.data && schema.data ? (
        <Settings view={config.data} schema={schema.schema} />
      ) : (
        <div className="config-columns" aria-busy="true" role="status" aria-label={t.common.loading}>
          <Skeleton h={320} radius="md" className="config-nav" />
          <Skeleton h={560} radius="lg" />
        </div>
      )}
    </div>
  );
}

/** The form, the text, and the way to earlier texts. */
function Views() {
  const search: SettingsView = useSearch({ from: '/settings' });
  const one = (words: string, view: SettingsView['view']) => (
    <Link
      to="/settings"
      search={{ ...search, view, line: undefined, show: undefined }}
      className="config-view"
      resetScroll={false}
      activeOptions={{ exact: true, includeSearch: true }}
      aria-current={search.view === view ? 'page' : undefined}
    >
      {words}
    </Link>
  );
  return (
    <>
      <nav className="config-views" aria-label={t.settings.views}>
        {one(t.settings.form, undefined)}
        {one(t.settings.text, 'toml')}
      </nav>
      <Button
        variant="default"
        leftSection={<IconHistory size={16} aria-hidden />}
        renderRoot={(props) => (
          <Link {...props} to="/settings" search={{ ...search, show: 'history' }} resetScroll={false} />
        )}
      >
        {t.settings.history}
      </Button>
    </>
  );
}

function Settings({ view, schema }: { view: ConfigView; schema: SchemaNode }) {
  const desk = useDesk(view, schema);
  const { draft } = desk;
  const search: SettingsView = useSearch({ from: '/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const go = useCallback(
    (next: SettingsView, replace = false) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  const { show, ...still } = search;
  const sections = sectionsOf(schema);
  const section =
    search.section !== undefined && sections.includes(search.section) ? search.section : (sections[0] ?? '');
  const review = () => draft && go({ ...still, show: 'review' });
  useCommands([
    ...(draft
      ? [
          {
            id: 'settings-save',
            label: t.settings.review,
            keys: 'mod+s',
            always: true,
            group: 'page' as const,
            run: review,
          },
        ]
      : []),
    {
      id: 'settings-text',
      label: search.view === 'toml' ? t.settings.form : t.settings.text,
      group: 'page',
      run: () => go({ ...still, view: search.view === 'toml' ? undefined : 'toml' }),
    },
    {
      id: 'settings-history',
      label: t.settings.history,
      icon: IconHistory,
      group: 'page',
      run: () => go({ ...still, show: 'history' }),
    },
  ]);
  return (
    <>
      <div className="config-notes">
        <FileState view={view} />
        <Conflict desk={desk} />
      </div>
      {search.view === 'toml' ? (
        <TextView desk={desk} line={search.line} onSave={review} />
      ) : (
        <div className="config-columns">
          <div className="config-nav">
            <Search q={search.q ?? ''} onSearch={(q) => go(q === '' ? { section } : { section, q }, true)} />
            <Sections sections={sections} current={search.q ? undefined : section} desk={desk} go={go} />
          </div>
          <SettingsForm
            desk={desk}
            section={section}
            open={search.key}
            q={search.q ?? ''}
            onShowAll={() => go({ section })}
          />
        </div>
      )}
      {draft && <SaveBar desk={desk} onReview={review} />}
      {show === 'review' && draft && <Review desk={desk} draft={draft} onClose={() => go(still, true)} />}
      {show === 'history' && <History desk={desk} onClose={() => go(still, true)} />}
    </>
  );
}

interface SectionsProps {
  sections: readonly string[];
  current: string | undefined;
  desk: Desk;
  go: (next: SettingsView) => void;
}

function Sections({ sections, current, desk, go }: SectionsProps) {
  const edited = Object.keys(desk.draft?.edits ?? {});
  const wrong = desk.draft ? desk.faults : [];
  const within = (keys: readonly string[], name: string) =>
    keys.filter((key) => key === name || key.startsWith(`${name}.`)).length;
  const faulty = wrong.map(({ key }) => key);
  const title = (name: string) => nameOf(name, desk.schema.properties?.[name]?.title);
  return (
    <>
      <nav className="config-sections" aria-label={t.settings.sections}>
        {sections.map((name) => {
          const count = within(edited, name);
          return (
            <Link
              key={name}
              to="/settings"
              search={{ section: name }}
              className="config-section"
              activeOptions={{ exact: true, includeSearch: true }}
              aria-current={current === name ? 'page' : undefined}
            >
              {title(name)}
              {count > 0 && (
                <span className="config-count num" data-tone={within(faulty, name) > 0 ? 'bad' : 'info'}>
                  {count}
                  <span className="hidden-words"> {t.settings.modified}</span>
                </span>
              )}
            </Link>
          );
        })}
      </nav>
      <NativeSelect
        className="config-section-choice"
        aria-label={t.settings.section}
        value={current ?? ''}
        data={[
          ...(current === undefined ? [{ value: '', label: t.settings.searchLabel }] : []),
          ...sections.map((name) => ({ value: name, label: title(name) })),
        ]}
        onChange={(event) => go({ section: event.currentTarget.value })}
      />
    </>
  );
}

/** What waits to be saved; it stays in sight. */
function SaveBar({ desk, onReview }: { desk: Desk; onReview: () => void }) {
  const { draft, faults, whyNot, theirs } = desk;
  if (!draft) return null;
  const discard = () => {
    setDraft(undefined);
    toastUndo({
      id: 'settings-discarded',
      message: t.settings.discarded,
      undo: async () => setDraft(draft),
    });
  };
  const text = draft.toml !== undefined && desk.count === 0;
  return (
    // A field that loses the focus brings a phone's tabs back, and the bar would move away beneath the finger.
    <section
      className="config-bar"
      aria-label={t.settings.review}
      onMouseDown={(event) => event.preventDefault()}
    >
      <div className="config-bar-words" role="status">
        <strong>
          {text ? t.settings.unsavedText : t.settings.unsaved(count(desk.count), desk.count === 1)}
        </strong>
        {faults.length > 0 && (
          <Link
            className="config-bar-wrong"
            to="/settings"
            search={
              draft.toml === undefined && faults[0]?.key
                ? { key: faults[0].key }
                : { view: 'toml', line: faults[0]?.line }
            }
          >
            {t.settings.wrong(count(faults.length), faults.length === 1)}
          </Link>
        )}
      </div>
      <Button variant="default" onClick={discard}>
        {t.settings.discard}
      </Button>
      <Button onClick={onReview} {...disabledBecause(whyNot ?? (theirs ? t.settings.staleTitle : undefined))}>
        {t.settings.review}
      </Button>
    </section>
  );
}
