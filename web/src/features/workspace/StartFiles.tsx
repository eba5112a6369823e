/** Where no file is open: what to do next, and the files that tell the agent who it is. */
import { Button } from '@mantine/core';
import { IconFileText, IconFolderOpen } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { toast } from '@/ui/toast';
import type { Go } from './address';
import { useReread, useTop, write } from './data';
import { FileLink } from './FileLink';

const STANDARD = ['AGENTS.md', 'SOUL.md', 'USER.md', 'MEMORY.md'];

export function StartFiles({ go, whyNot }: { go: Go; whyNot: string | undefined }) {
  const top = useTop();
  const reread = useReread();
  const make = useMutation({
    mutationFn: async (names: readonly string[]) => {
      for (const name of names) await write(name, t.workspace.starters[name] ?? '', null);
      await reread();
      return names[0];
    },
    meta: { quiet: true },
    onSuccess: (first) => go({ file: first }),
    onError: (error) => toast.failed(error),
  });
  if (!top.data) return null;
  const there = new Set(top.data.entries.map((entry) => entry.path));
  const missing = STANDARD.filter((name) => !there.has(name));
  const empty = top.data.total === 0;
  return (
    <div className="ws-start" data-empty={empty || undefined}>
      <EmptyState
        icon={IconFolderOpen}
        title={empty ? t.workspace.emptyTitle : t.workspace.pickTitle}
        body={empty ? t.workspace.emptyBody : t.workspace.pickBody}
      >
        {empty && (
          <Button
            mt="sm"
            loading={make.isPending}
            onClick={() => make.mutate(missing)}
            {...disabledBecause(whyNot)}
          >
            {t.workspace.startDo}
          </Button>
        )}
      </EmptyState>
      {!empty && (
        <section className="card ws-standard" aria-label={t.workspace.starting}>
          <h2 className="panel-title">{t.workspace.starting}</h2>
          <p className="panel-sub">{t.workspace.startBody}</p>
          <ul>
            {STANDARD.map((name) => (
              <li key={name}>
                <IconFileText className="ws-icon" size={18} stroke={1.7} aria-hidden />
                <span className="ws-standard-words">
                  {there.has(name) ? (
                    <FileLink path={name} className="ws-link">
                      {name}
                    </FileLink>
                  ) : (
                    <span>{name}</span>
                  )}
                  <span className="dimmed">{t.workspace.about[name]}</span>
                </span>
                {!there.has(name) && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t.workspace.startOne(name)}
                    loading={make.isPending && make.variables?.includes(name)}
                    onClick={() => make.mutate([name])}
                    {...disabledBecause(whyNot)}
                  >
                    {t.workspace.create}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
