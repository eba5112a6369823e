/**
 * What is going on now, outside of React: running and queued turns, and messages on their way. It follows turns by
 * the tab's connection, asks again for what is missing, and tells its readers at most once per animation frame.
 */
import { useSyncExternalStore } from 'react';
import { ApiError, api, take } from '@/api/client';
import type { Ack, ClientFrame, News, Refusal, ServerFrame } from '@/api/frames';
import { isTurnEvent } from '@/api/frames';
import { uuid7 } from '@/api/ids';
import { socket } from '@/api/link';
import type { AttachmentInput, Turn } from '@/api/types';
import { t } from '@/i18n';
import { base64Of, files, outgoingFiles } from './fileStore';
import { type Extras, loadOutbox, type OutboxStorage, saveOutbox, type Waiting } from './outbox';
import { apply, isFinal, type LiveTurn, newTurn, settle } from './turn.logic';

export interface SessionLive {
  turns: readonly LiveTurn[];
  waiting: readonly Waiting[];
}

export interface Wire {
  send(frame: ClientFrame): boolean;
  onOpen(listener: () => void): unknown;
  onFrame(listener: (frame: ServerFrame) => void): unknown;
}

export interface LiveOptions {
  wire: Wire;
  askTurn: (turnId: string) => Promise<Turn>;
  cancelTurn: (turnId: string) => Promise<Turn>;
  changeTurn: (turnId: string, message: string) => Promise<Turn>;
  nextFrame: (flush: () => void) => void;
  storage: OutboxStorage | undefined;
  /** The files of a message on its way, ready to be sent; undefined when they are gone. */
  loadFiles?: (clientId: string) => Promise<AttachmentInput[] | undefined>;
  /** They are not needed any more. */
  dropFiles?: (clientId: string) => void;
}

const NOTHING: SessionLive = { turns: [], waiting: [] };
/** After the news of a turn's end its last events have this long to come. */
const LAST_EVENTS_MS = 1_500;
const ASK_AGAIN_MS = 2_000;

export class LiveChat {
  private turns = new Map<string, LiveTurn>();
  private waiting: Waiting[];
  /** Turns that the gateway was asked to send, and when; emptied with each connection. */
  private asked = new Map<string, { afterSeq: number; at: number }>();
  private finished = new Set<string>();
  private openSession: string | null = null;
  private shown = new Map<string, SessionLive>();
  private watchers = new Set<() => void>();
  private stale = new Set<string>();
  private flushing = false;
  /** The message whose files are being read; those behind it wait, so that order is kept. */
  private loading: string | null = null;

  constructor(private options: LiveOptions) {
    this.waiting = loadOutbox(options.storage);
    options.wire.onOpen(this.connected);
    options.wire.onFrame(this.hear);
    // The connection may have been there before this was: nobody would tell of it then.
    this.pump();
  }

  watch = (listener: () => void) => {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  };

  session = (sessionId: string): SessionLive => {
    const known = this.shown.get(sessionId);
    if (known) return known;
    const turns = [...this.turns.values()]
      .filter((turn) => turn.sessionId === sessionId)
      .sort((a, b) => (a.turnId < b.turnId ? -1 : 1));
    const waiting = this.waiting.filter((entry) => entry.sessionId === sessionId);
    const fresh = turns.length + waiting.length === 0 ? NOTHING : { turns, waiting };
    this.shown.set(sessionId, fresh);
    return fresh;
  };

  /** The session on the screen: turns that others start in it are followed too. */
  open(sessionId: string | null) {
    this.openSession = sessionId;
  }

  /** Sends now, or as soon as there is a connection; never twice. */
  send(sessionId: string, message: string, opensSession = false, extras: Extras = {}, clientId = uuid7()) {
    const entry: Waiting = {
      ...extras,
      clientId,
      sessionId,
      message,
      at: new Date().toISOString(),
      state: 'waiting',
      error: null,
      opensSession,
    };
    this.setWaiting([...this.waiting, entry], sessionId);
    this.pump();
  }

  /** Tries a refused message once more. It is a new attempt, so it gets a new key. */
  sendAgain(clientId: string) {
    const fresh = uuid7();
    this.setEntry(clientId, (entry) => ({
      ...entry,
      clientId: fresh,
      filesOf: entry.filesOf ?? clientId,
      state: 'waiting',
      error: null,
    }));
    this.pump();
  }

  /** Takes a message off the outbox and hands it back. */
  drop(clientId: string): Waiting | undefined {
    const entry = this.waiting.find((one) => one.clientId === clientId);
    if (entry)
      this.setWaiting(
        this.waiting.filter((one) => one !== entry),
        entry.sessionId,
      );
    return entry;
  }

  /** Whether the gateway can't know this conversation yet: its first message was not taken so far. */
  isUnborn(sessionId: string): boolean {
    return this.waiting.some((entry) => entry.sessionId === sessionId && entry.opensSession);
  }

  /** Takes over what the gateway lists as running or queued, and follows it from its beginning. */
  adopt(turns: readonly Turn[]) {
    for (const turn of turns) {
      if (this.finished.has(turn.turn_id)) continue;
      const known =
        this.turns.get(turn.turn_id) ?? newTurn(turn.turn_id, turn.session_id, { state: turn.state });
      this.put(settle(known, turn));
      this.follow(turn.turn_id, turn.session_id);
    }
  }

  /** Stops a running turn or takes back a queued one. */
  async stop(turnId: string) {
    const turn = this.turns.get(turnId);
    if (!turn || isFinal(turn.state) || turn.stopping) return;
    this.put({ ...turn, stopping: true });
    try {
      this.learn(await this.options.cancelTurn(turnId));
    } catch (error) {
      const now = this.turns.get(turnId);
      if (now && !isFinal(now.state)) this.put({ ...now, stopping: false });
      throw error;
    }
  }

  /** Changes what a queued turn says. Fails once it has begun. */
  async change(turnId: string, message: string) {
    this.learn(await this.options.changeTurn(turnId, message));
  }

  /** Lets go of ended turns that the conversation itself holds by now. */
  forget(turnIds: readonly string[]) {
    for (const turnId of turnIds) {
      const turn = this.turns.get(turnId);
      if (!turn || !isFinal(turn.state)) continue;
      this.turns.delete(turnId);
      this.changed(turn.sessionId);
    }
  }

  private connected = () => {
    this.asked.clear();
    for (const turn of this.turns.values()) this.follow(turn.turnId, turn.sessionId);
    this.waiting = this.waiting.map((entry) =>
      entry.state === 'sent' ? { ...entry, state: 'waiting' } : entry,
    );
    this.pump();
  };

  private hear = (frame: ServerFrame) => {
    if (isTurnEvent(frame)) {
      const turn = this.turns.get(frame.turn_id);
      if (!turn) return;
      const { turn: next, missingAfter } = apply(turn, frame);
      if (next !== turn) this.put(next);
      if (missingAfter !== null) this.askFrom(next, missingAfter);
    } else if (frame.type === 'ack') this.taken(frame);
    else if (frame.type === 'event') this.news(frame.event);
    else if (frame.type === 'error') this.refused(frame as Refusal);
  };

  private taken(ack: Ack) {
    const entry = ack.client_id ? this.drop(ack.client_id) : undefined;
    if (entry?.attachments?.length) this.options.dropFiles?.(entry.filesOf ?? entry.clientId);
    if (this.finished.has(ack.turn_id)) return;
    const known = this.turns.get(ack.turn_id);
    if (known)
      this.put({
        ...known,
        message: known.message ?? entry?.message ?? null,
        replaces: known.replaces ?? entry?.replaces ?? null,
      });
    else if (entry)
      this.put(
        newTurn(ack.turn_id, ack.session_id, {
          state: ack.state,
          message: entry.message,
          createdAt: entry.at,
          replaces: entry.replaces ?? null,
        }),
      );
    else return;
    // A fresh message is followed by the gateway itself; of a repeated one we may have missed anything.
    if (ack.duplicate) this.follow(ack.turn_id, ack.session_id);
    else this.asked.set(ack.turn_id, { afterSeq: 0, at: Date.now() });
  }

  private refused(refusal: Refusal) {
    const error = { code: refusal.code, message: refusal.message };
    const { client_id: clientId } = refusal;
    if (clientId && this.setEntry(clientId, (entry) => ({ ...entry, state: 'refused', error }))) return;
    if (refusal.turn_id && this.turns.has(refusal.turn_id)) void this.lookUp(refusal.turn_id);
  }

  private news(event: News['event']) {
    if (event.type === 'agent_end') {
      setTimeout(() => void this.lookUp(event.turn_id), LAST_EVENTS_MS);
      return;
    }
    if (event.type === 'session_changed' && event.change === 'queue') {
      if (event.turn_id) void this.lookUp(event.turn_id);
      return;
    }
    // What ended stands on another branch now, or comes with the messages that are fetched anew.
    if (event.type === 'session_changed' && event.change === 'branched') {
      const ended = [...this.turns.values()].filter(
        (turn) => turn.sessionId === event.session_id && isFinal(turn.state),
      );
      return this.forget(ended.map((turn) => turn.turnId));
    }
    const begins =
      event.type === 'agent_start' || (event.type === 'session_changed' && event.change === 'message');
    if (!begins || !event.turn_id || event.session_id !== this.openSession) return;
    if (this.turns.has(event.turn_id) || this.finished.has(event.turn_id)) return;
    const state = event.type === 'agent_start' ? 'running' : 'queued';
    this.put(newTurn(event.turn_id, event.session_id, { state }));
    this.follow(event.turn_id, event.session_id);
  }

  /** Asks over HTTP how a turn stands, when its events alone no longer tell. */
  private async lookUp(turnId: string) {
    const turn = this.turns.get(turnId);
    if (!turn || isFinal(turn.state)) return;
    try {
      this.learn(await this.options.askTurn(turnId));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        this.turns.delete(turnId);
        this.changed(turn.sessionId);
      }
    }
  }

  private learn(known: Turn) {
    const turn = this.turns.get(known.turn_id);
    if (turn) this.put(settle(turn, known));
  }

  private follow(turnId: string, sessionId: string) {
    const turn = this.turns.get(turnId);
    if (!turn || isFinal(turn.state) || this.asked.has(turnId)) return;
    const afterSeq = turn.seq;
    if (
      this.options.wire.send({ type: 'resume', turn_id: turnId, after_seq: afterSeq, session_id: sessionId })
    )
      this.asked.set(turnId, { afterSeq, at: Date.now() });
  }

  private askFrom(turn: LiveTurn, afterSeq: number) {
    const before = this.asked.get(turn.turnId);
    const soon = before?.afterSeq === afterSeq && Date.now() - before.at < ASK_AGAIN_MS;
    if (soon && afterSeq !== 0) return;
    this.asked.delete(turn.turnId);
    this.follow(turn.turnId, turn.sessionId);
  }

  /** Sends what waits, in order, as far as the connection and the files that go along allow. */
  private pump() {
    for (;;) {
      const entry = this.waiting.find((one) => one.state === 'waiting');
      if (!entry || this.loading) return;
      if (!entry.attachments?.length) {
        if (!this.dispatch(entry)) return;
        continue;
      }
      const { clientId } = entry;
      this.loading = clientId;
      const loaded = this.options.loadFiles?.(entry.filesOf ?? clientId) ?? Promise.resolve(undefined);
      void loaded
        .catch(() => undefined)
        .then((attachments) => {
          this.loading = null;
          // Meanwhile it may have been taken back, or the connection may be gone.
          const still = this.waiting.find((one) => one.clientId === clientId && one.state === 'waiting');
          if (still && !attachments)
            this.setEntry(clientId, (one) => ({
              ...one,
              state: 'refused',
              error: { code: 'FILES_GONE', message: t.chatList.filesGone },
            }));
          else if (still && !this.dispatch(still, attachments)) return;
          this.pump();
        });
      return;
    }
  }

  private dispatch(entry: Waiting, attachments?: AttachmentInput[]): boolean {
    const sent = this.options.wire.send({
      type: 'message',
      session_id: entry.sessionId,
      message: entry.message,
      client_id: entry.clientId,
      idempotency_key: entry.clientId,
      ...(attachments && { attachments }),
      ...(entry.model && { model: entry.model }),
      ...(entry.replaces && { replaces: entry.replaces }),
    });
    if (sent) this.setEntry(entry.clientId, (one) => ({ ...one, state: 'sent' }));
    return sent;
  }

  private setEntry(clientId: string, change: (entry: Waiting) => Waiting): boolean {
    const entry = this.waiting.find((one) => one.clientId === clientId);
    if (!entry) return false;
    this.setWaiting(
      this.waiting.map((one) => (one === entry ? change(one) : one)),
      entry.sessionId,
    );
    return true;
  }

  private put(turn: LiveTurn) {
    this.turns.set(turn.turnId, turn);
    if (isFinal(turn.state)) this.finished.add(turn.turnId);
    this.changed(turn.sessionId);
  }

  private setWaiting(waiting: Waiting[], sessionId: string) {
    this.waiting = waiting;
    saveOutbox(this.options.storage, waiting);
    this.changed(sessionId);
  }

  private changed(sessionId: string) {
    this.stale.add(sessionId);
    if (this.flushing) return;
    this.flushing = true;
    this.options.nextFrame(() => {
      this.flushing = false;
      for (const session of this.stale) this.shown.delete(session);
      this.stale.clear();
      for (const watcher of this.watchers) watcher();
    });
  }
}

const tabStorage = () => {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
};

export const live = new LiveChat({
  wire: socket,
  askTurn: (id) => take(api.GET('/api/turns/{id}', { params: { path: { id } } })),
  cancelTurn: (id) => take(api.POST('/api/turns/{id}/cancel', { params: { path: { id } } })),
  changeTurn: (id, message) =>
    take(api.PATCH('/api/turns/{id}', { params: { path: { id } }, body: { message } })),
  nextFrame: (flush) => void requestAnimationFrame(flush),
  storage: tabStorage(),
  loadFiles: async (clientId) => {
    const kept = await files.read(outgoingFiles(clientId));
    if (kept.length === 0) return undefined;
    return Promise.all(
      kept.map(async (file) => ({
        name: file.name,
        media_type: file.mediaType,
        data: await base64Of(file.data),
      })),
    );
  },
  dropFiles: (clientId) => void files.write(outgoingFiles(clientId), []),
});

export const useLive = (sessionId: string) => useSyncExternalStore(live.watch, () => live.session(sessionId));
