/** Below an answer: what can be done with it, and what it took. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconLink, IconMarkdown, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { $api } from '@/api/client';
import { t } from '@/i18n';
import { absoluteTime, clockTime, count, dollars, milliseconds, shortCount } from '@/i18n/format';
import { CopyButton } from '@/ui/CopyButton';
import { useCopy } from './copied';
import { answerMarkdown } from './markdownOf';
import { plainText } from './steps';
import { useLocked, useThreadActions } from './ThreadActions';
import type { AnswerRow } from './thread.logic';
import { Versions } from './Versions';

export function AnswerFoot({ row }: { row: AnswerRow }) {
  const text = plainText(row.steps);
  const { inputTokens, outputTokens } = row;
  const tokens = inputTokens !== null && outputTokens !== null && inputTokens + outputTokens > 0;
  return (
    <div className="msg-foot num">
      <span className="msg-actions" role="group" aria-label={t.thread.actions}>
        <Versions turnId={row.turnId} versions={row.versions} />
        {text && <CopyButton value={text} label={t.thread.copyMessage} />}
        <Again row={row} />
        <More row={row} />
      </span>
      {row.model && (
        <span className="mono foot-model" title={row.provider ? t.thread.by(row.provider) : undefined}>
          {row.model}
        </span>
      )}
      {tokens && (
        <span
          title={t.thread.tokensHint(count(inputTokens), count(outputTokens), count(row.cachedTokens ?? 0))}
        >
          {t.thread.tokens(shortCount(inputTokens), shortCount(outputTokens))}
        </span>
      )}
      {row.costUsd !== null ? (
        <span>{dollars(row.costUsd)}</span>
      ) : (
        tokens && <span title={t.thread.priceUnknownHint}>{t.thread.priceUnknown}</span>
      )}
      {row.durationMs !== null && <span title={t.thread.took}>{milliseconds(row.durationMs)}</span>}
      {row.at && (
        <time dateTime={row.at} title={absoluteTime(row.at)}>
          {clockTime(row.at)}
        </time>
      )}
    </div>
  );
}

function Again({ row: { turnId, question } }: { row: AnswerRow }) {
  const { regenerate } = useThreadActions();
  const locked = useLocked();
  if (question === null) return null;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={t.thread.regenerate}
      title={locked ?? t.thread.regenerate}
      disabled={locked !== null}
      onClick={() => regenerate(turnId, question)}
    >
      <IconRefresh size={15} aria-hidden />
    </ActionIcon>
  );
}

function More({ row }: { row: AnswerRow }) {
  const [opened, setOpened] = useState(false);
  const { linkTo } = useThreadActions();
  const copy = useCopy();
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-start" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t.thread.actions} title={t.thread.actions}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconMarkdown size={16} aria-hidden />}
          onClick={() => copy(answerMarkdown(row))}
        >
          {t.thread.copyTurn}
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => copy(linkTo(row.turnId))}>
          {t.thread.copyLink}
        </Menu.Item>
        {opened && row.question !== null && <Models row={row} question={row.question} />}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Asked for when somebody wants to choose, and only then. */
function Models({ row, question }: { row: AnswerRow; question: string }) {
  const { regenerate } = useThreadActions();
  const locked = useLocked();
  const models = $api.useQuery('get', '/api/models', {}, { staleTime: 60_000 });
  const note = models.isPending
    ? t.common.loading
    : models.isError
      ? t.thread.modelsFailed
      : models.data.models.length === 0
        ? t.thread.noModels
        : null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t.thread.regenerateWith}</Menu.Label>
      {note && <Menu.Item disabled>{note}</Menu.Item>}
      <div className="foot-models">
        {models.data?.models.map(({ provider, id }) => (
          <Menu.Item
            key={`${provider}/${id}`}
            disabled={locked !== null}
            rightSection={<span className="foot-provider">{provider}</span>}
            onClick={() => regenerate(row.turnId, question, `${provider}/${id}`)}
          >
            {id}
          </Menu.Item>
        ))}
      </div>
    </>
  );
}
