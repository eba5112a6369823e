/** A command or a piece of configuration, ready to be copied. */
import { CopyButton } from './CopyButton';

export function CopyBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="copy-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div role="group" tabIndex={0} aria-label={label} className="copy-block-text">
        <pre>
          <code>{text}</code>
        </pre>
      </div>
      <div className="copy-block-button">
        <CopyButton value={text} label={label} />
      </div>
    </div>
  );
}
