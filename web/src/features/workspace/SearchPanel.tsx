/** Looks through the files: lines by what stands in them, files by their names. */
import { ActionIcon, TextInput } from '@mantine/core';
import {
  IconAbc,
  IconFile,
  IconLetterCase,
  IconRegex,
  IconSearch,
  IconZoomExclamation,
} from '@tabler/icons-react';
import { type ComponentType, type RefObject, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { Marked } from '@/ui/Marked';
import { tip } from '@/ui/Tips';
import type { Go } from './address';
import { useHits } from './data';
import { FileLink } from './FileLink';
import { folderOf, nameOf } from './paths.logic';
import type { WorkspaceQuery } from './query.logic';
import { byFile } from './tree.logic';
import { Waiting } from './Waiting';

const PAUSE_MS = 180;

interface SearchPanelProps {
  query: WorkspaceQuery;
  go: Go;
  input: RefObject<HTMLInputElement | null>;
}

export function SearchPanel({ query, go, input }: SearchPanelProps) {
  const flags = [
    { key: 'case', label: t.workspace.matchCase, icon: IconLetterCase },
    { key: 'word', label: t.workspace.wholeWord, icon: IconAbc },
    { key: 'regex', label: t.workspace.regex, icon: IconRegex },
  ] as const;
  return (
    <div className="ws-search" role="search">
      <div className="ws-search-fields">
        <Typed
          value={query.q}
          label={t.workspace.searchLabel}
          placeholder={t.workspace.searchHint}
          icon={IconSearch}
          input={input}
          onChange={(q) => go({ q }, true)}
        />
        <div className="ws-search-more">
          <Typed
            value={query.in}
            label={t.workspace.onlyFiles}
            placeholder="*.md"
            onChange={(pattern) => go({ in: pattern }, true)}
          />
          {flags.map(({ key, label, icon: Icon }) => (
            <ActionIcon
              key={key}
              size={34}
              variant={query[key] ? 'light' : 'subtle'}
              color={query[key] ? undefined : 'gray'}
              aria-pressed={query[key] ?? false}
              {...tip(label)}
              onClick={() => go({ [key]: query[key] ? undefined : true }, true)}
            >
              <Icon size={18} stroke={1.7} aria-hidden />
            </ActionIcon>
          ))}
        </div>
      </div>
      <Hits query={query} />
    </div>
  );
}

interface TypedProps {
  value: string | undefined;
  label: string;
  placeholder: string;
  icon?: ComponentType<{ size?: number }>;
  input?: RefObject<HTMLInputElement | null>;
  onChange: (text: string | undefined) => void;
}

/** Asks while somebody types, after a short pause; an input method's letters are not yet words. */
function Typed({ value = '', label, placeholder, icon: Icon, input, onChange }: TypedProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // The address was changed by something else: a link, the way back.
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (words: string) => {
    clearTimeout(timer.current);
    if (words.trim() === sent.current.trim()) return;
    sent.current = words;
    onChange(words.trim() ? words : undefined);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      className="ws-grow"
      aria-label={label}
      placeholder={placeholder}
      leftSection={Icon && <Icon size={16} aria-hidden />}
      value={text}
      maxLength={400}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => {
        const words = event.currentTarget.value;
        setText(words);
        clearTimeout(timer.current);
        if (!(event.nativeEvent as InputEvent).isComposing) timer.current = setTimeout(send, PAUSE_MS, words);
      }}
      onCompositionEnd={(event) => send(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) send(event.currentTarget.value);
      }}
    />
  );
}

function Hits({ query }: { query: WorkspaceQuery }) {
  const found = useHits(query);
  if (!query.q) return <p className="ws-remark">{t.workspace.searchStart}</p>;
  if (found.isError)
    return (
      <div className="ws-note">
        <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      </div>
    );
  if (found.isPending) return <Waiting lines={[60, 85, 70]} />;
  const { names, results, truncated } = found.data;
  if (names.length === 0 && results.length === 0)
    return (
      <EmptyState
        role="status"
        icon={IconZoomExclamation}
        title={t.workspace.foundNone}
        body={t.workspace.foundNoneBody}
      />
    );
  const files = byFile(results);
  return (
    <div className="ws-hits" aria-busy={found.isPlaceholderData}>
      {names.length > 0 && (
        <>
          <h2 className="ws-hits-title">{t.workspace.byName}</h2>
          <ul>
            {names.map((path) => (
              <li key={path}>
                <FileLink path={path} className="ws-hit-name">
                  <IconFile className="ws-icon" size={15} stroke={1.7} aria-hidden />
                  <Place path={path} />
                </FileLink>
              </li>
            ))}
          </ul>
        </>
      )}
      {files.length > 0 && (
        <h2 className="ws-hits-title">
          <span role="status">{t.workspace.found(results.length, files.length)}</span>
        </h2>
      )}
      {files.map(({ path, hits }) => (
        <div key={path} role="group" aria-label={path}>
          <div className="ws-hit-file">
            <Place path={path} />
            <span className="ws-hit-count num">{count(hits.length)}</span>
          </div>
          <ul>
            {hits.map((hit) => (
              <li key={`${hit.line}-${hit.column}`}>
                <FileLink path={path} line={hit.line} className="ws-hit">
                  <span className="ws-hit-line num">
                    <span className="hidden-words">{t.workspace.hitAt(count(hit.line))}</span>
                    <span aria-hidden>{hit.line}</span>
                  </span>
                  <span className="ws-hit-words">
                    <Marked text={hit.snippet} />
                  </span>
                </FileLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {truncated && <p className="ws-remark">{t.workspace.foundMore}</p>}
    </div>
  );
}

const Place = ({ path }: { path: string }) => (
  <span className="ws-place">
    <span className="ws-place-name">{nameOf(path)}</span>
    {folderOf(path) && <span className="ws-place-folder">{folderOf(path)}</span>}
  </span>
);
