/** Below an answer: what can be done with it, and what it took. */
import { ActionIcon } from '@mantine/core';
import { IconArrowsExchange, IconLink, IconMarkdown, IconRefresh } from '@tabler/icons-react';
import { useCallback, useRef, useState } from 'react';
import { t } from '@/i18n';
import { absoluteTime, clockTime, count, dollars, milliseconds, shortCount } from '@/i18n/format';
import { ActionMenu } from '@/ui/ActionMenu';
import { CopyButton } from '@/ui/CopyButton';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import { useCopy } from './copied';
import { ModelPicker } from './ModelMenu';
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

/** The same once more, by the same model or by another. */
function Again({ row: { turnId, question } }: { row: AnswerRow }) {
  const { regenerate } = useThreadActions();
  const why = useLocked();
  const [choosing, setChoosing] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const close = useCallback(() => setChoosing(false), []);
  if (question === null) return null;
  return (
    <span ref={anchor} tabIndex={-1} className="again">
      <ActionMenu
        label={t.thread.regenerate}
        align="start"
        trigger={(props) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.thread.regenerate)}
            {...props}
            {...disabledBecause(why)}
          >
            <IconRefresh size={15} aria-hidden />
          </ActionIcon>
        )}
        entries={() => [
          { label: t.thread.sameModel, icon: IconRefresh, onSelect: () => regenerate(turnId, question) },
          { label: t.thread.otherModel, icon: IconArrowsExchange, onSelect: () => setChoosing(true) },
        ]}
      />
      {choosing && (
        <ModelPicker
          label={t.thread.regenerateWith}
          value={undefined}
          anchor={anchor}
          onPick={(model) => regenerate(turnId, question, model)}
          onClose={close}
        />
      )}
    </span>
  );
}

function More({ row }: { row: AnswerRow }) {
  const { linkTo } = useThreadActions();
  const copy = useCopy();
  return (
    <ActionMenu
      label={t.thread.more}
      align="start"
      entries={() => [
        { label: t.thread.copyTurn, icon: IconMarkdown, onSelect: () => void copy(answerMarkdown(row)) },
        { label: t.thread.copyLink, icon: IconLink, onSelect: () => void copy(linkTo(row.turnId)) },
      ]}
    />
  );
}
