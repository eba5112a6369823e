import { describe, expect, it } from 'vitest';
import { foundModels, fullName, shortName, typedModel } from './models.logic';

const model = (provider: string, id: string, in_use = false) => ({ provider, id, in_use });
const MODELS = [
  model('main', 'gpt-5-mini', true),
  model('main', 'gpt-5'),
  model('router', 'meta-llama/llama-4'),
  model('router', 'openai/gpt-5'),
];
const names = (query: string) => foundModels(MODELS, query).flatMap((group) => group.models.map(fullName));

describe('models', () => {
  it('are grouped by provider in the order of the gateway', () => {
    expect(foundModels(MODELS, '').map((group) => [group.provider, group.models.length])).toEqual([
      ['main', 2],
      ['router', 2],
    ]);
  });
  it('are found by any of their parts, however they are punctuated', () => {
    expect(names('gpt5')).toEqual(['main/gpt-5-mini', 'main/gpt-5', 'router/openai/gpt-5']);
    expect(names('router gpt')).toEqual(['router/openai/gpt-5']);
    expect(names('LLAMA 4')).toEqual(['router/meta-llama/llama-4']);
    expect(names('nothing')).toEqual([]);
  });
  it('come with the best answer first', () => {
    expect(names('openai')).toEqual(['router/openai/gpt-5']);
    const group = foundModels([model('a', 'x-mini'), model('a', 'mini-x')], 'mini')[0];
    expect(group?.models.map((one) => one.id)).toEqual(['mini-x', 'x-mini']);
  });
  it('may be named though no list has them', () => {
    expect(typedModel(MODELS, 'main/new-model')).toBe('main/new-model');
    expect(typedModel(MODELS, 'gpt-5')).toBeUndefined();
    expect(typedModel(MODELS, 'main/gpt-5')).toBeUndefined();
    expect(typedModel(MODELS, 'two words')).toBeUndefined();
  });
  it('have a short name', () => {
    expect(shortName('router/meta-llama/llama-4')).toBe('llama-4');
    expect(shortName('plain')).toBe('plain');
  });
});
