/** The models of all providers, with a search over them; a provider that did not answer says why. */
import { Skeleton, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconRefresh, IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { $api } from '@/api/client';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { placeBeside } from '@/ui/place';
import type { ModelPickerProps } from './ModelMenu';
import { foundModels, fullName, typedModel } from './models.logic';

const isTouch = () => matchMedia('(pointer: coarse)').matches;

export default function ModelPicker({ label, value, anchor, onPick, onClose }: ModelPickerProps) {
  const w = t.chatList;
  const offer = $api.useQuery('get', '/api/models', {}, { staleTime: 60_000 });
  const [query, setQuery] = useState('');
  const [at, setAt] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  const models = offer.data?.models ?? [];
  const groups = foundModels(models, query);
  const standard = models.find((model) => model.in_use);
  const typed = typedModel(models, query);
  const options = [
    ...(query.trim() ? [] : ['']),
    ...groups.flatMap((group) => group.models.map(fullName)),
    ...(typed ? [typed] : []),
  ];
  const fallback = query.trim() ? options[0] : (value ?? '');
  const active = at !== null && options.includes(at) ? at : fallback;
  const optionId = (name: string) => `${id}-${options.indexOf(name)}`;

  useLayoutEffect(() => {
    const node = box.current;
    if (!node || !anchor.current) return;
    node.showPopover?.();
    placeBeside(node, anchor.current.getBoundingClientRect(), 'start');
    // On a phone the keyboard would cover the list.
    (isTouch() ? node : field.current)?.focus({ preventScroll: true });
  }, [anchor]);

  useEffect(() => {
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [anchor, onClose]);

  const activeId = active === undefined ? undefined : optionId(active);
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);

  const close = () => {
    anchor.current?.focus({ preventScroll: true });
    onClose();
  };
  const pick = (name: string) => {
    close();
    if (name !== (value ?? '')) onPick(name || undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const place = options.indexOf(active ?? '');
    const go = (to: number) => {
      event.preventDefault();
      setAt(options.at(to % options.length) ?? null);
    };
    event.stopPropagation();
    if (event.key === 'ArrowDown') go(place + 1);
    else if (event.key === 'ArrowUp') go(place <= 0 ? -1 : place - 1);
    else if (event.key === 'PageDown') go(Math.min(place + 8, options.length - 1));
    else if (event.key === 'PageUp') go(Math.max(place - 8, 0));
    else if (event.key === 'Enter' && active !== undefined && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      pick(active);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (event.key === 'Tab' && (event.shiftKey || !offer.data?.failed.length)) close();
  };

  const option = (name: string, words: string, note?: string) => (
    <div
      key={name}
      id={optionId(name)}
      role="option"
      tabIndex={-1}
      aria-selected={name === (value ?? '')}
      className="model"
      data-active={name === active || undefined}
      onPointerMove={() => setAt(name)}
      onClick={() => pick(name)}
      onKeyDown={onKeyDown}
    >
      <span className="model-id">{words}</span>
      {note && <span className="model-note">{note}</span>}
      {name === (value ?? '') && <IconCheck size={16} aria-hidden />}
    </div>
  );

  return (
    <div
      ref={box}
      className="models"
      role="dialog"
      tabIndex={-1}
      aria-label={label}
      popover="manual"
      data-mantine-stop-propagation
      onKeyDown={onKeyDown}
    >
      <div className="models-search">
        <IconSearch size={16} aria-hidden />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-expanded
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={activeId}
          aria-label={w.modelSearch}
          placeholder={w.modelSearch}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(null);
          }}
        />
      </div>
      <div className="models-list" role="listbox" id={`${id}-list`} aria-label={label}>
        {offer.isPending ? (
          <div className="models-loading" role="presentation">
            {[62, 48, 70, 55].map((width) => (
              <Skeleton key={width} h={14} w={`${width}%`} />
            ))}
          </div>
        ) : (
          <>
            {options.includes('') && option('', w.modelDefault, standard?.id)}
            {groups.map((group) => (
              <div key={group.provider} role="group" aria-label={group.provider}>
                <div className="models-provider" role="presentation">
                  {group.provider}
                </div>
                {group.models.map((model) =>
                  option(fullName(model), model.id, model.in_use ? w.modelInUse : undefined),
                )}
              </div>
            ))}
            {typed && option(typed, w.modelTyped(typed))}
          </>
        )}
      </div>
      {!offer.isPending && options.length === 0 && (
        <p className="models-none" role="status">
          {w.modelNone}
        </p>
      )}
      {offer.isError && !offer.data && <ErrorNote error={offer.error} onRetry={() => void offer.refetch()} />}
      {offer.data && offer.data.failed.length > 0 && (
        <div className="models-failed">
          <IconAlertTriangle size={16} aria-hidden />
          <ul>
            {offer.data.failed.map((failure) => (
              <li key={failure.provider}>{w.modelFailed(failure.provider, failure.message)}</li>
            ))}
          </ul>
          <UnstyledButton
            className="models-again"
            aria-label={t.common.retry}
            data-tip={t.common.retry}
            disabled={offer.isFetching}
            onClick={() => void offer.refetch()}
          >
            <IconRefresh size={16} aria-hidden />
          </UnstyledButton>
        </div>
      )}
    </div>
  );
}
