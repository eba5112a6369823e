/** All of a memory, to read or to change where it stands. */
import { Button } from '@mantine/core';
import { IconHistory, IconMessage, IconPencil, IconRestore, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { MemoryEntry } from '@/api/types';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { RelativeTime } from '@/ui/RelativeTime';
import { EntryEditor } from './EntryEditor';
import type { MemoryQuery } from './query.logic';

interface EntryOpenProps {
  entry: MemoryEntry;
  bin: boolean;
  whyNot: string | undefined;
  editing: boolean;
  onEdit: (on: boolean) => void;
  onRenamed: (key: string) => void;
  onVersions: () => void;
  onPick: (next: MemoryQuery) => void;
  onDelete: () => void;
  onRestore: () => void;
}

export function EntryOpen(props: EntryOpenProps) {
  const { entry, bin, whyNot, editing } = props;
  if (editing)
    return <EntryEditor entry={entry} onClose={() => props.onEdit(false)} onRenamed={props.onRenamed} />;
  const session = entry.session_id;
  return (
    <>
      <div className="memory-content">{entry.content}</div>
      <dl className="memory-facts">
        <div>
          <dt>{t.memory.created}</dt>
          <dd>
            <RelativeTime at={entry.created_at} />
          </dd>
        </div>
        <div>
          <dt>{bin ? t.memory.deleted : t.memory.changed}</dt>
          <dd>
            <RelativeTime at={entry.deleted_at ?? entry.updated_at} />
          </dd>
        </div>
        <div>
          <dt>{t.memory.versions}</dt>
          <dd className="num">{count(entry.version)}</dd>
        </div>
        {session && (
          <div>
            <dt>{t.memory.source}</dt>
            <dd>
              <Link to="/chat/$session" params={{ session }}>
                <IconMessage size={14} aria-hidden /> {t.memory.conversation}
              </Link>
            </dd>
          </div>
        )}
      </dl>
      <div className="memory-buttons">
        {bin ? (
          <Button
            size="sm"
            leftSection={<IconRestore size={16} aria-hidden />}
            onClick={props.onRestore}
            {...disabledBecause(whyNot)}
          >
            {t.memory.restoreIt}
          </Button>
        ) : (
          <Button
            size="sm"
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={() => props.onEdit(true)}
            {...disabledBecause(whyNot)}
          >
            {t.memory.edit}
          </Button>
        )}
        <Button
          size="sm"
          variant="default"
          leftSection={<IconHistory size={16} aria-hidden />}
          onClick={props.onVersions}
        >
          {t.memory.versions}
        </Button>
        {session && !bin && (
          <Button size="sm" variant="default" onClick={() => props.onPick({ session })}>
            {t.memory.fromSession}
          </Button>
        )}
        {!bin && (
          <Button
            size="sm"
            variant="subtle"
            color="red"
            className="memory-delete"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={props.onDelete}
            {...disabledBecause(whyNot)}
          >
            {t.common.delete}
          </Button>
        )}
      </div>
    </>
  );
}
