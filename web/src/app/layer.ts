/** A drawer or dialog as a step in the browser's history: "back" closes it and stays on the page. */
import { useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback } from 'react';

declare module '@tanstack/react-router' {
  interface HistoryState {
    layer?: string;
  }
}

export interface Layer {
  opened: boolean;
  open: () => void;
  close: () => void;
}

/**
 * A link inside the layer should `replace`: the page that it leads to takes the layer's place in the history, and
 * "back" from there does not open the layer again.
 */
export function useLayer(name: string): Layer {
  const router = useRouter();
  const opened = useRouterState({ select: (state) => state.location.state.layer === name });
  const open = useCallback(() => {
    if (router.state.location.state.layer === name) return;
    void router.navigate({
      to: '.',
      search: true,
      hash: true,
      state: (before) => ({ ...before, layer: name }),
      resetScroll: false,
    });
  }, [router, name]);
  const close = useCallback(() => {
    if (router.state.location.state.layer === name) router.history.back();
  }, [router, name]);
  return { opened, open, close };
}

/** A reload begins without layers. */
export function dropLayer(past: History = history) {
  const state: unknown = past.state;
  if (typeof state === 'object' && state !== null && 'layer' in state)
    past.replaceState({ ...state, layer: undefined }, '');
}
