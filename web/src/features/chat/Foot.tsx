/** What stands below a conversation: messages that wait, and the field to say more with what goes along. */
import {
  type MouseEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { $api, ApiError } from '@/api/client';
import { uuid7 } from '@/api/ids';
import type { Session } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';
import { DEFAULT_LIMITS } from './attachments.logic';
import { Composer, type ComposerHandle } from './Composer';
import { useSessionActions } from './data';
import { NEW_DRAFT } from './drafts';
import { type Attached, files, outgoingFiles } from './fileStore';
import { live } from './live';
import { ModelMenu } from './ModelMenu';
import { shortName } from './models.logic';
import { Queue } from './Queue';
import { takeBack } from './takeBack';
import type { UserRow } from './thread.logic';
import { useReadMark } from './useReadMark';

export interface FootHandle extends ComposerHandle {
  /** Takes a message back that was not answered yet; its words and files come into the field. */
  withdraw: (row: UserRow) => void;
}

export interface FootProps {
  id: string;
  /** It has no address yet: nothing was said. */
  isNew: boolean;
  /** What the gateway knows of it. */
  session: Session | undefined;
  /** The turn under way. */
  running: { turnId: string; stopping: boolean } | undefined;
  queue: readonly UserRow[];
  /** What the user said, oldest first. */
  said: readonly string[];
  onStop: (turnId: string) => void;
  /** A message is on its way. */
  onSent: () => void;
  ref?: Ref<FootHandle>;
}

export function Foot({ id, isNew, session, running, queue, said, onStop, onSent, ref }: FootProps) {
  const composer = useRef<ComposerHandle>(null);
  const status = $api.useQuery('get', '/api/status', {});
  const why = useWhyNot('chat');
  const model = useModel(id, session);
  useReadMark(session, why === undefined);

  const withdraw = useCallback((row: UserRow) => {
    takeBack(row).then(
      (back) => back && composer.current?.bringBack(back.text, back.files),
      (error: unknown) => toast.failed(error),
    );
  }, []);
  useImperativeHandle(ref, () => ({
    bringBack: (text, attached) => composer.current?.bringBack(text, attached),
    focus: () => composer.current?.focus(),
    withdraw,
  }));

  const send = (text: string, attached: readonly Attached[]) => {
    const clientId = uuid7();
    if (attached.length > 0) void files.write(outgoingFiles(clientId), attached);
    const marks = attached.map(({ name, mediaType, size }) => ({ name, media_type: mediaType, size }));
    const extras = {
      ...(marks.length > 0 && { attachments: marks }),
      // The conversation learns of its model only once there is one.
      ...(!session && model.chosen && { model: model.chosen }),
    };
    live.send(id, text, isNew || live.isUnborn(id), extras, clientId);
    onSent();
  };
  const change = async (row: UserRow, text: string) => {
    if (!row.turnId) return;
    try {
      await live.change(row.turnId, text);
    } catch (error) {
      const began = error instanceof ApiError && error.status === 409;
      if (began) composer.current?.bringBack(text);
      toast.failed(began ? new Error(t.chatList.began) : error);
    }
  };

  const standard = status.data?.model ?? '';
  const name = model.chosen ?? standard;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the focus where it is
    <div className="foot" onMouseDown={keepWriting}>
      {queue.length > 0 && (
        <Queue
          rows={queue}
          why={why}
          running={running !== undefined && !running.stopping}
          onChange={change}
          onWithdraw={withdraw}
          onNow={() => running && onStop(running.turnId)}
        />
      )}
      <Composer
        ref={composer}
        draftOf={isNew ? NEW_DRAFT : id}
        running={running !== undefined}
        stopping={running?.stopping ?? false}
        said={said}
        limits={status.data?.limits ?? DEFAULT_LIMITS}
        why={why}
        onSend={send}
        onStop={() => running && onStop(running.turnId)}
      >
        {name && (
          <ModelMenu
            label={t.chatList.modelOf(name)}
            name={name}
            value={model.chosen}
            why={why}
            onPick={(next) =>
              void model.choose(next).then(
                () =>
                  toast.done(
                    next
                      ? t.chatList.modelChanged(shortName(next))
                      : t.chatList.modelBack(shortName(standard)),
                  ),
                (error: unknown) => toast.failed(error),
              )
            }
          />
        )}
      </Composer>
    </div>
  );
}

/**
 * A button that is pressed while one writes leaves the focus in the field. On a phone the keyboard would go and the
 * page's tabs come back otherwise, and the finger would be lifted from another place than it was put on.
 */
function keepWriting(event: MouseEvent) {
  const pressed = event.target instanceof Element && event.target.closest('button');
  if (pressed && document.activeElement instanceof HTMLTextAreaElement) event.preventDefault();
}

/** The model of a conversation; chosen before its first message it is handed over as soon as there is a conversation. */
function useModel(id: string, session: Session | undefined) {
  const actions = useSessionActions();
  const [early, setEarly] = useState<string>();
  const known = session !== undefined;
  useEffect(() => {
    if (!known || !early) return;
    actions.change(id, { model: early }).then(
      () => setEarly(undefined),
      (error: unknown) => {
        setEarly(undefined);
        toast.failed(error);
      },
    );
  }, [actions, id, known, early]);
  return {
    chosen: early ?? (session?.model || undefined),
    choose: async (model: string | undefined) => {
      if (known) await actions.change(id, { model: model ?? '' });
      else setEarly(model);
    },
  };
}
