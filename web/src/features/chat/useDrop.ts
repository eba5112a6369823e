/** Files that are dragged over the page: whether any are, and where they fall. */
import { useEffect, useRef, useState } from 'react';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes what is dropped anywhere on the page: a near miss would otherwise open the file instead of the page. */
export function useDrop(take: (data: DataTransfer) => void, enabled: boolean): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (!enabled) return;
    // Every element that is crossed enters and leaves; only the outermost counts.
    let depth = 0;
    const end = () => {
      depth = 0;
      setOver(false);
    };
    const listeners: [string, (event: DragEvent) => void][] = [
      [
        'dragenter',
        (event) => {
          if (!hasFiles(event)) return;
          depth += 1;
          setOver(true);
        },
      ],
      [
        'dragover',
        (event) => {
          if (!hasFiles(event)) return;
          event.preventDefault();
          if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
        },
      ],
      [
        'dragleave',
        (event) => {
          if (!hasFiles(event)) return;
          depth -= 1;
          if (depth <= 0) end();
        },
      ],
      [
        'drop',
        (event) => {
          if (!hasFiles(event) || !event.dataTransfer) return;
          event.preventDefault();
          end();
          latest.current(event.dataTransfer);
        },
      ],
    ];
    for (const [name, run] of listeners) window.addEventListener(name, run as EventListener);
    window.addEventListener('blur', end);
    return () => {
      for (const [name, run] of listeners) window.removeEventListener(name, run as EventListener);
      window.removeEventListener('blur', end);
    };
  }, [enabled]);
  return over;
}
