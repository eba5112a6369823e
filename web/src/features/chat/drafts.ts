/** What was typed and not sent, one per conversation, kept over reloads. */

const PREFIX = 'clawgate.draft.';
/** The draft of a conversation that has no address yet. */
export const NEW_DRAFT = 'new';

export function readDraft(of: string): string {
  try {
    return localStorage.getItem(PREFIX + of) ?? '';
  } catch {
    return '';
  }
}

export function writeDraft(of: string, text: string) {
  try {
    if (text) localStorage.setItem(PREFIX + of, text);
    else localStorage.removeItem(PREFIX + of);
  } catch {
    // Without storage a draft lives as long as the page does.
  }
}
