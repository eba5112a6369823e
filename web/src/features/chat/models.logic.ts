/** The models on offer: their full names, and which of them a search means. Pure. */
import type { OfferedModel } from '@/api/types';

export const fullName = (model: Pick<OfferedModel, 'provider' | 'id'>) => `${model.provider}/${model.id}`;

/** The part of a full name that tells models apart: `openrouter/meta/llama-4` is `llama-4`. */
export const shortName = (name: string) => name.slice(name.lastIndexOf('/') + 1) || name;

export interface ModelGroup {
  provider: string;
  models: OfferedModel[];
}

const plain = (text: string) => text.toLocaleLowerCase().replace(/[\s_.:-]+/g, '');

/** How well a name answers the words: at its beginning, at that of a part, anywhere; null when one is missing. */
function merit(name: string, words: readonly string[]): number | null {
  const low = plain(name);
  let sum = 0;
  for (const word of words) {
    const at = low.indexOf(word);
    if (at === -1) return null;
    sum += at === 0 ? 0 : low[at - 1] === '/' ? 1 : 2;
  }
  return sum;
}

/** The models that a search means, by provider; the best first within each, the order of the gateway otherwise. */
export function foundModels(models: readonly OfferedModel[], query: string): ModelGroup[] {
  const words = query.split(/\s+/).map(plain).filter(Boolean);
  const groups = new Map<string, { model: OfferedModel; merit: number }[]>();
  for (const model of models) {
    const own = merit(model.id, words) ?? merit(fullName(model), words);
    if (own === null) continue;
    const group = groups.get(model.provider);
    if (group) group.push({ model, merit: own });
    else groups.set(model.provider, [{ model, merit: own }]);
  }
  return [...groups].map(([provider, found]) => ({
    provider,
    models: found.sort((one, other) => one.merit - other.merit).map((one) => one.model),
  }));
}

/** What was typed, where it can be the name of a model that no list has. */
export function typedModel(models: readonly OfferedModel[], query: string): string | undefined {
  const name = query.trim();
  const possible = name.length >= 2 && name.length <= 200 && !/\s/.test(name);
  return possible && !models.some((model) => model.id === name || fullName(model) === name)
    ? name
    : undefined;
}
