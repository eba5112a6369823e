/** Messages as Markdown, for copying. */
import type { Message } from '@/api/types';
import { t } from '@/i18n';
import { plainText } from './steps';
import type { AnswerRow, RowFile } from './thread.logic';

const heading = (words: string) => `**${words}**`;

const files = (list: readonly RowFile[]) =>
  list.length ? [list.map((file) => `\`${file.name}\``).join(', ')] : [];

export const answerMarkdown = (row: AnswerRow) =>
  [
    ...(row.question === null ? [] : [heading(t.thread.you), row.question]),
    heading(row.model ?? t.thread.agent),
    plainText(row.steps),
  ].join('\n\n');

export function conversationMarkdown(title: string, messages: readonly Message[]): string {
  const parts = messages.flatMap((message) =>
    message.role === 'user'
      ? [heading(t.thread.you), message.content, ...files(message.attachments)]
      : [
          heading(message.model ?? t.thread.agent),
          message.content || (message.error ? `> ${message.error.message}` : `> ${t.thread.interrupted}`),
        ],
  );
  return `${[`# ${title}`, ...parts].join('\n\n')}\n`;
}
