/** Which keys mean what: reading an event, following sequences such as `g c`, and keeping out of people's typing. */

export interface KeyBinding {
  /** `n`, `?`, `mod+k` (Ctrl, or ⌘ on a Mac), or one after the other: `g c`. */
  keys: string;
  /** What it does, for the list of shortcuts. */
  label: string;
  /** Where it stands in that list; a page's own keys come first. */
  group?: 'page' | 'go' | 'do';
  run: () => void;
  /** Also while somebody types or a dialog is open: only for combinations with `mod`. */
  always?: boolean;
}

export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'keyCode' | 'repeat'
> & { getModifierState?: (name: string) => boolean };

const SEQUENCE_MS = 1_200;

/** The event as a binding would write it; undefined when it is no whole key press. */
export function chord(event: KeyPress): string | undefined {
  // An input method is at work: its keys belong to it.
  if (event.isComposing || event.keyCode === 229 || event.repeat) return undefined;
  if (['Control', 'Meta', 'Alt', 'Shift', 'AltGraph', 'Dead', 'Process', 'CapsLock'].includes(event.key))
    return undefined;
  // AltGr writes characters such as [ on many keyboards and reports Ctrl and Alt beside.
  const writes = event.getModifierState?.('AltGraph') ?? false;
  const mod = !writes && (event.ctrlKey || event.metaKey);
  if (event.altKey && !writes) return undefined;
  // On other alphabets the key's place stands for the letter.
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const foreign = event.key.length === 1 && event.key.charCodeAt(0) > 127;
  const key = (foreign && letter ? letter : event.key).toLowerCase();
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key));
  return `${mod ? 'mod+' : ''}${shift ? 'shift+' : ''}${key}`;
}

/** Whether the focus is where letters are text, or where they already have a meaning. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('textarea, select, [contenteditable]:not([contenteditable="false"])')) return true;
  if (target.closest('[role="menu"], [role="listbox"], [role="tree"], [role="grid"], [role="textbox"]'))
    return true;
  const input = target.closest('input');
  return input !== null && !['button', 'checkbox', 'radio', 'range', 'reset', 'submit'].includes(input.type);
}

/** Follows key presses and finds the binding that they complete. */
export class KeyReader {
  private before: string | undefined;
  private at = 0;

  press(pressed: string, bindings: readonly KeyBinding[], now: number): KeyBinding | undefined {
    const first = now - this.at < SEQUENCE_MS ? this.before : undefined;
    this.before = undefined;
    if (first !== undefined) {
      const whole = bindings.find(({ keys }) => keys === `${first} ${pressed}`);
      if (whole) return whole;
    }
    const alone = bindings.find(({ keys }) => keys === pressed);
    if (alone) return alone;
    if (bindings.some(({ keys }) => keys.startsWith(`${pressed} `))) {
      this.before = pressed;
      this.at = now;
    }
    return undefined;
  }

  /** A click or a typed letter ends what was begun. */
  forget() {
    this.before = undefined;
  }
}
