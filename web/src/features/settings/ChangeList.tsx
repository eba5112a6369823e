/** Settings with what they were and what they become. */
import type { ConfigChange } from '@/api/types';
import { sayValue } from '@/forms/schema/SchemaForm';
import { MASK } from '@/forms/schema/schema.logic';
import { t } from '@/i18n';
import { StatusBadge } from '@/ui/StatusBadge';

export interface ShownChange extends Pick<ConfigChange, 'key'> {
  before: unknown;
  after: unknown;
  restart?: boolean;
  /** What else is to be said of it. */
  note?: string;
}

const said = (value: unknown) => (value === MASK ? t.settings.secretSet : sayValue(value));

export const ChangeList = ({ changes, label }: { changes: readonly ShownChange[]; label: string }) => (
  <ul className="config-changes" aria-label={label}>
    {changes.map(({ key, before, after, restart, note }) => (
      <li key={key}>
        <div className="config-change-head">
          <code>{key}</code>
          {restart && <StatusBadge tone="warn">{t.settings.restart}</StatusBadge>}
          {note && <StatusBadge tone="warn">{note}</StatusBadge>}
        </div>
        <div className="config-change-values">
          {before === MASK && after === MASK ? (
            <ins>{t.settings.changed}</ins>
          ) : (
            <>
              <del>
                <span className="hidden-words">{t.settings.before}: </span>
                {said(before)}
              </del>
              <span aria-hidden>→</span>
              <ins>
                <span className="hidden-words">{t.settings.after}: </span>
                {said(after)}
              </ins>
            </>
          )}
        </div>
      </li>
    ))}
  </ul>
);
