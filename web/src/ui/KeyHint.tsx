/** Keys as they stand on the keyboard: `mod+k` together, `g c` one after the other. */

const apple = () => /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '');

const NAMES: Record<string, string> = {
  alt: 'Alt',
  shift: '⇧',
  enter: '↵',
  esc: 'Esc',
  escape: 'Esc',
  up: '↑',
  down: '↓',
};

/** The caps of a combination, in order. */
export const keyCaps = (keys: string, onApple = apple()) =>
  keys.split(/[ +]/).map((key) => {
    if (key === 'mod') return onApple ? '⌘' : 'Ctrl';
    return NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  });

export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className="keys">
      {keyCaps(keys).map((cap) => (
        <kbd key={cap} className="key">
          {cap}
        </kbd>
      ))}
    </span>
  );
}
