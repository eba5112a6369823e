/** The tools by what kind of thing they do, the harmless ones first, as far as they fit what is looked for. */
import type { Tool } from '@/api/types';

export const EFFECTS: readonly Tool['effect'][] = ['read', 'write', 'network', 'execute'];

export interface ToolGroup {
  effect: Tool['effect'];
  tools: Tool[];
}

/** Every word has to occur, in the name or in the description. */
export function fits({ name, description }: Pick<Tool, 'name' | 'description'>, query: string): boolean {
  const text = `${name} ${name.replaceAll('_', ' ')} ${description}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export const groupsOf = (tools: readonly Tool[], query: string): ToolGroup[] =>
  EFFECTS.map((effect) => ({
    effect,
    tools: tools.filter((tool) => tool.effect === effect && fits(tool, query)),
  })).filter((group) => group.tools.length > 0);

/** The first sentence says what it is for; the rest is for the model. */
export function firstSentence(text: string): string {
  const end = /[.!?](?=\s|$)/.exec(text);
  return end ? text.slice(0, end.index + 1) : text;
}
