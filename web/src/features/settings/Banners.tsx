/** How the file stands: waits for a restart, is refused, was changed elsewhere, has something odd in it. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ConfigFault, ConfigView } from '@/api/types';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { Note } from '@/ui/Note';
import { ChangeList } from './ChangeList';
import type { Desk } from './desk';
import { setDraft } from './draft';
import { bothChanged, carriedOver } from './draft.logic';

/** What is wrong, each a way to its line or its field. */
export function FaultList({ faults, toText }: { faults: readonly ConfigFault[]; toText: boolean }) {
  return (
    <ul className="config-faults">
      {faults.map((fault) => (
        <li key={`${fault.line} ${fault.key} ${fault.message}`}>
          {fault.line !== undefined && toText && (
            <Link to="/settings" search={{ view: 'toml', line: fault.line }} resetScroll={false}>
              {t.settings.line(count(fault.line))}
            </Link>
          )}{' '}
          {fault.key &&
            (toText ? (
              <code>{fault.key}</code>
            ) : (
              <Link to="/settings" search={{ key: fault.key }}>
                <code>{fault.key}</code>
              </Link>
            ))}{' '}
          {fault.message}
        </li>
      ))}
    </ul>
  );
}

export function FileState({ view }: { view: ConfigView }) {
  const { refused, restart_needed: waiting, warnings } = view;
  return (
    <>
      {refused.length > 0 && (
        <Note
          tone="bad"
          role="alert"
          title={t.settings.refusedTitle}
          actions={
            <Button
              size="compact-sm"
              variant="default"
              renderRoot={(props) => (
                <Link {...props} to="/settings" search={{ view: 'toml', line: refused[0]?.line }} />
              )}
            >
              {t.settings.mend}
            </Button>
          }
        >
          {t.settings.refusedBody}
          <FaultList faults={refused} toText />
        </Note>
      )}
      {waiting.length > 0 && (
        <Note tone="warn" role="status" title={t.settings.restartTitle}>
          {t.settings.restartBody}{' '}
          {waiting.map((key, place) => (
            <span key={key}>
              {place > 0 && ', '}
              <Link to="/settings" search={{ key }}>
                <code>{key}</code>
              </Link>
            </span>
          ))}
        </Note>
      )}
      {warnings.length > 0 && (
        <Note tone="info" title={t.settings.warningsTitle}>
          <FaultList faults={warnings} toText />
        </Note>
      )}
    </>
  );
}

/** Somebody else saved something while the draft was made: nothing is lost, its owner decides. */
export function Conflict({ desk }: { desk: Desk }) {
  const { draft, theirs, mine, view } = desk;
  if (!draft || !theirs) return null;
  const both = new Set(
    bothChanged(
      mine.map(({ key }) => key),
      theirs,
    ),
  );
  const carry = () => setDraft(carriedOver(draft, mine, view.etag, view.config));
  return (
    <Note
      tone="warn"
      role="alert"
      title={t.settings.staleTitle}
      actions={
        <span className="config-actions">
          <Button size="compact-sm" variant="default" onClick={() => setDraft(undefined)}>
            {t.settings.takeTheirs}
          </Button>
          {draft.toml !== undefined && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => setDraft({ ...draft, etag: view.etag, config: view.config })}
            >
              {t.settings.keepText}
            </Button>
          )}
          {(draft.toml === undefined || mine.length > 0) && (
            <Button size="compact-sm" onClick={carry}>
              {t.settings.keepMine}
            </Button>
          )}
        </span>
      }
    >
      {theirs.length === 0 ? (
        t.settings.staleNoSetting
      ) : (
        <>
          {t.settings.staleBody}
          <ChangeList
            label={t.settings.staleTitle}
            changes={theirs.map((one) => ({
              ...one,
              note: both.has(one.key) ? t.settings.yoursToo : undefined,
            }))}
          />
        </>
      )}
    </Note>
  );
}
