/** What was typed for each tool, for as long as the tab lives: looking at another tool loses nothing. */
import type { Values } from './schema.logic';

export interface Draft {
  values: Values;
  /** Written as JSON instead of into the form. */
  json: string | null;
}

const drafts = new Map<string, Draft>();

export const draftOf = (tool: string): Draft => drafts.get(tool) ?? { values: {}, json: null };
export const keepDraft = (tool: string, draft: Draft) => void drafts.set(tool, draft);
