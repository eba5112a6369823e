/** What can be done right now, by name: the shell and the pages say it, the palette lists it and the keys run it. */
import type { IconProps } from '@tabler/icons-react';
import { type ComponentType, useEffect, useRef, useSyncExternalStore } from 'react';
import { type KeyBinding, useKeys } from './keys';

export interface Command {
  id: string;
  label: string;
  icon?: ComponentType<IconProps>;
  /** Other words that somebody may look for it by. */
  words?: string;
  keys?: string;
  /** A page's own commands come first; `go` leads to a page. */
  group?: KeyBinding['group'];
  /** Its keys work also while somebody types. */
  always?: boolean;
  run: () => void;
}

type Entry = { current: readonly Command[] };

let entries: Entry[] = [];
let commands: readonly Command[] = [];
const watchers = new Set<() => void>();

function changed() {
  commands = entries.flatMap((entry) => entry.current);
  for (const watcher of watchers) watcher();
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** All that can be done, a page's own first. */
export const useCommandList = () => useSyncExternalStore(watch, () => commands);

/** Offers commands, and their keys, for as long as the component is there. */
export function useCommands(own: readonly Command[]) {
  const entry = useRef<Entry>({ current: own });
  useEffect(() => {
    const mine = entry.current;
    entries = [mine, ...entries];
    changed();
    return () => {
      entries = entries.filter((other) => other !== mine);
      changed();
    };
  }, []);
  useEffect(() => {
    const mine = entry.current;
    const same =
      mine.current.length === own.length &&
      mine.current.every((one, place) => one.id === own[place]?.id && one.label === own[place]?.label);
    mine.current = own;
    if (same) commands = entries.flatMap((other) => other.current);
    else changed();
  });
  useKeys(
    own.flatMap(({ keys, label, group, always, run }) =>
      keys === undefined ? [] : [{ keys, label, group, always, run }],
    ),
  );
}
