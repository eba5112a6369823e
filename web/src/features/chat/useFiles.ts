/** The files of a draft: taken in, checked, kept over a reload, and taken out again. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem } from './attach';
import type { Limits } from './attachments.logic';
import { type Attached, draftFiles, files as store } from './fileStore';

const NONE: readonly Attached[] = [];

export function useFiles(draftOf: string, limits: Limits) {
  const [held, setHeld] = useState<readonly Attached[]>(NONE);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [preparing, setPreparing] = useState(0);
  // Files are read one batch after the other: each has to know what is there already.
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const now = useRef(held);
  const of = useRef(draftOf);

  const set = useCallback((files: readonly Attached[]) => {
    now.current = files;
    setHeld(files);
    void store.write(draftFiles(of.current), files);
  }, []);

  useEffect(() => {
    of.current = draftOf;
    now.current = NONE;
    setHeld(NONE);
    setProblems([]);
    void store.read(draftFiles(draftOf)).then((kept) => {
      if (of.current !== draftOf || kept.length === 0 || now.current.length > 0) return;
      now.current = kept;
      setHeld(kept);
    });
  }, [draftOf]);

  const add = useCallback(
    (given: readonly File[], folders: readonly string[], text: string) => {
      const files = given.filter((file) => !folders.includes(file.name));
      const refused = folders.map((name): Problem => ({ why: 'folder', name }));
      const draft = of.current;
      setPreparing((count) => count + 1);
      line.current = line.current
        .then(() => import('./attach'))
        .then(({ takeFiles }) => takeFiles(files, now.current, text, limits))
        .then(
          (taken) => {
            if (of.current !== draft) return;
            set([...now.current, ...taken.files]);
            setProblems([...refused, ...taken.problems]);
          },
          () => setProblems(files.map((file): Problem => ({ why: 'unreadable', name: file.name }))),
        )
        .finally(() => setPreparing((count) => count - 1));
    },
    [limits, set],
  );
  return {
    held,
    problems,
    preparing: preparing > 0,
    add,
    put: (files: readonly Attached[]) => set([...now.current, ...files]),
    remove: (file: Attached) => set(now.current.filter((one) => one !== file)),
    clear: () => {
      set(NONE);
      setProblems([]);
    },
    dismiss: () => setProblems([]),
  };
}
