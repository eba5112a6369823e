/** What things of the memory are called. */
import type { MemoryAuthor } from '@/api/types';
import { t } from '@/i18n';

export const AUTHORS: readonly MemoryAuthor[] = ['owner', 'agent', 'auto'];
export const CATEGORIES = ['core', 'daily', 'conversation'] as const;

/** A category's own name, unless it is one of those that are always there. */
export const categoryName = (name: string): string =>
  Object.hasOwn(t.memory.categories, name) ? (t.memory.categories[name] ?? name) : name;
