/** The files of a message that is being written: what they are, and why others were not taken. */
import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconFileText, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { t } from '@/i18n';
import { bytes } from '@/i18n/format';
import type { Problem } from './attach';
import type { Attached } from './fileStore';

export interface AttachmentsProps {
  files: readonly Attached[];
  problems: readonly Problem[];
  onRemove: (file: Attached) => void;
  onDismiss: () => void;
}

export default function Attachments({ files, problems, onRemove, onDismiss }: AttachmentsProps) {
  const w = t.chatList;
  return (
    <>
      {problems.length > 0 && (
        <div className="draft-file-problems" role="alert">
          <IconAlertTriangle size={16} aria-hidden />
          <ul className="plain">
            {problems.map((problem) => {
              const words = sentence(problem);
              return <li key={words}>{words}</li>;
            })}
          </ul>
          <UnstyledButton
            className="draft-file-dismiss"
            aria-label={w.dismissProblems}
            data-tip={w.dismissProblems}
            onClick={onDismiss}
          >
            <IconX size={15} aria-hidden />
          </UnstyledButton>
        </div>
      )}
      {files.length > 0 && (
        <ul className="draft-files" aria-label={w.attachments}>
          {files.map((file) => (
            <li key={file.name} className="draft-file">
              {file.mediaType.startsWith('image/') ? (
                <Preview file={file} />
              ) : (
                <IconFileText size={20} aria-hidden />
              )}
              <span className="draft-file-words">
                <span className="draft-file-name" title={file.name}>
                  {file.name}
                </span>
                <span className="draft-file-note">
                  {bytes(file.size)}
                  {file.note && `, ${w[file.note]}`}
                </span>
              </span>
              <UnstyledButton
                className="draft-file-remove"
                aria-label={w.removeFile(file.name)}
                onClick={() => onRemove(file)}
              >
                <IconX size={14} aria-hidden />
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Preview({ file }: { file: Attached }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file.data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return <img className="draft-file-picture" src={url} alt="" />;
}

function sentence(problem: Problem): string {
  const w = t.chatList.problem;
  switch (problem.why) {
    case 'size':
      return w.size(problem.name, bytes(problem.size), bytes(problem.room));
    case 'count':
      return w.count(problem.most, problem.left);
    default:
      return w[problem.why](problem.name);
  }
}
