/** What can be done right now, by name: the shell and the pages say it, the palette lists it and the keys run it. */
import type { IconProps } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { type KeyBinding, useKeys } from './keys';
import { Registry } from './registry';

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

const commands = new Registry<Command>((one, other) => one.id === other.id && one.label === other.label);

/** All that can be done, a page's own first. */
export const useCommandList = commands.useAll;

/** Offers commands, and their keys, for as long as the component is there. */
export function useCommands(own: readonly Command[]) {
  commands.useOwn(own);
  useKeys(
    own.flatMap(({ keys, label, group, always, run }) =>
      keys === undefined ? [] : [{ keys, label, group, always, run }],
    ),
  );
}
