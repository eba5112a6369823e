/** What a tool call says of itself in one line, and what its output tells about how it went. */

const LINE = 140;
/** The arguments that say most, in this order. */
const TELLING = [
  'command',
  'cmd',
  'path',
  'file_path',
  'url',
  'query',
  'q',
  'pattern',
  'key',
  'name',
  'prompt',
  'text',
];

const oneLine = (text: string) => {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > LINE ? `${line.slice(0, LINE - 1)}…` : line;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The one argument that says most, else all of them, as short as they can be. */
export function summaryOf(args: unknown): string {
  if (typeof args === 'string') return oneLine(args);
  if (!isRecord(args)) return args == null ? '' : oneLine(JSON.stringify(args));
  for (const name of TELLING) {
    const value = args[name];
    if (typeof value === 'string' && value.trim()) return oneLine(value);
  }
  const parts = Object.entries(args).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return oneLine(parts.join(', '));
}

/** A change of a file, as the tools that make one tell it. */
export interface Change {
  path: string;
  diff: string;
  added: number;
  removed: number;
}

export function changeOf(details: unknown): Change | null {
  if (!isRecord(details)) return null;
  const { path, diff, added, removed } = details;
  return typeof path === 'string' &&
    typeof diff === 'string' &&
    diff !== '' &&
    typeof added === 'number' &&
    typeof removed === 'number'
    ? { path, diff, added, removed }
    : null;
}

export const hasArguments = (args: unknown) =>
  args != null && args !== '' && !(isRecord(args) && Object.keys(args).length === 0);

export const pretty = (value: unknown) =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

export interface Output {
  text: string;
  language: string;
  exitCode: number | null;
}

/** Output that is JSON is set as such; a command's exit code is taken from where tools put it. */
export function readOutput(output: string): Output {
  const trimmed = output.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      const value: unknown = JSON.parse(trimmed);
      const code = isRecord(value) ? (value.exit_code ?? value.exitCode) : undefined;
      return {
        text: JSON.stringify(value, null, 2),
        language: 'json',
        exitCode: typeof code === 'number' ? code : null,
      };
    } catch {
      // Only looked like it.
    }
  }
  const code = /^\[?exit (?:code|status)[: ]+(-?\d+)\]?\s*$/im.exec(output)?.[1];
  return {
    text: output.replace(/\n$/, ''),
    language: '',
    exitCode: code === undefined ? null : Number(code),
  };
}
