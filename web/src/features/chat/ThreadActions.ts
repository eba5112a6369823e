/** What can be done to the messages of the conversation on the screen. */
import { createContext, useContext } from 'react';
import type { UserRow } from './thread.logic';

export interface ThreadActions {
  /** Says something else in place of an earlier message. */
  edit: (turnId: string, text: string) => void;
  /** Has the same message answered once more. */
  regenerate: (turnId: string, question: string, model?: string) => void;
  show: (turnId: string) => void;
  withdraw: (row: UserRow) => void;
  sendAgain: (clientId: string) => void;
  /** Where this message can be found again. */
  linkTo: (turnId: string) => string;
}

export const Actions = createContext<ThreadActions | null>(null);

export function useThreadActions(): ThreadActions {
  const actions = useContext(Actions);
  if (!actions) throw new Error('messages live in a thread');
  return actions;
}

/** Why nothing can be changed at the moment; undefined when it can. */
export const Locked = createContext<string | undefined>(undefined);
export const useLocked = () => useContext(Locked);
