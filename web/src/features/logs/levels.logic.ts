/** What of the levels a person sets: by module, for how long. */
import type { LevelChange, Levels } from '@/api/types';

export const WANTED = ['off', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type Wanted = (typeof WANTED)[number];

/** How long a level lasts, and what the gateway is told. */
export const LONGS = {
  restart: { persist: false },
  minutes5: { minutes: 5, persist: false },
  minutes30: { minutes: 30, persist: false },
  hours2: { minutes: 120, persist: false },
  day: { minutes: 1_440, persist: false },
  always: { persist: true },
} as const satisfies Record<string, Pick<LevelChange, 'minutes' | 'persist'>>;
export type Long = keyof typeof LONGS;

export interface OwnLevel {
  target: string;
  level: string;
  /** It was set beside the configuration. */
  override: boolean;
  until: string | undefined;
}

/** Modules with a level of their own, by name: those of the configuration, and those set since. */
export function ownLevels({ effective, overrides }: Pick<Levels, 'effective' | 'overrides'>): OwnLevel[] {
  return effective
    .split(',')
    .flatMap((directive): OwnLevel[] => {
      const [target = '', level] = directive.split('=').map((part) => part.trim());
      // What filters by a span's fields is more than a module's level.
      if (level === undefined || !/^[\w:.-]+$/.test(target)) return [];
      const set = overrides.find((one) => one.target === target);
      return [{ target, level: level.toLowerCase(), override: set !== undefined, until: set?.until }];
    })
    .sort((one, other) => one.target.localeCompare(other.target));
}
