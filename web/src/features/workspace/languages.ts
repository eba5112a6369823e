/** What a file is written in, by its name; each language is loaded when a file of it is opened. */
import { type LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

type Load = () => Promise<StreamParser<unknown>>;

const script =
  (name: 'javascript' | 'typescript' | 'json'): Load =>
  async () =>
    (await import('@codemirror/legacy-modes/mode/javascript'))[name];

const MODES: Record<string, Load> = {
  js: script('javascript'),
  mjs: script('javascript'),
  cjs: script('javascript'),
  jsx: script('javascript'),
  ts: script('typescript'),
  tsx: script('typescript'),
  json: script('json'),
  jsonl: script('json'),
  toml: async () => (await import('@codemirror/legacy-modes/mode/toml')).toml,
  yaml: async () => (await import('@codemirror/legacy-modes/mode/yaml')).yaml,
  py: async () => (await import('@codemirror/legacy-modes/mode/python')).python,
  sh: async () => (await import('@codemirror/legacy-modes/mode/shell')).shell,
  css: async () => (await import('@codemirror/legacy-modes/mode/css')).css,
  html: async () => (await import('@codemirror/legacy-modes/mode/xml')).html,
  xml: async () => (await import('@codemirror/legacy-modes/mode/xml')).xml,
  rs: async () => (await import('@codemirror/legacy-modes/mode/rust')).rust,
  go: async () => (await import('@codemirror/legacy-modes/mode/go')).go,
  rb: async () => (await import('@codemirror/legacy-modes/mode/ruby')).ruby,
  sql: async () => (await import('@codemirror/legacy-modes/mode/sql')).standardSQL,
  diff: async () => (await import('@codemirror/legacy-modes/mode/diff')).diff,
};
const SAME: Record<string, string> = {
  yml: 'yaml',
  bash: 'sh',
  zsh: 'sh',
  htm: 'html',
  svg: 'xml',
  patch: 'diff',
  ini: 'toml',
};

export async function languageOf(path: string): Promise<Extension | LanguageSupport | undefined> {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  if (['md', 'markdown', 'mdown', 'mkd'].includes(ending)) {
    const { markdown, markdownLanguage } = await import('@codemirror/lang-markdown');
    return markdown({ base: markdownLanguage });
  }
  const mode = MODES[SAME[ending] ?? ending];
  return mode && StreamLanguage.define(await mode());
}
