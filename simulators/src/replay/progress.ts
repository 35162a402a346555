import { basename } from 'node:path';
import { SingleBar } from 'cli-progress';
import type { Progress } from './options.ts';

export interface ProgressView {
  show(progress: Progress): void;
  end(): void;
}

/** A bar on a terminal, a line a file elsewhere: logs stay readable. Both go to stderr. */
export function progressView(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? bar(stream) : plainLines(stream);
}

function bar(stream: NodeJS.WriteStream): ProgressView {
  const view = new SingleBar({
    format: '{number}/{files} {bar} {percentage}% {value}/{total} {file}',
    stream,
    hideCursor: true,
    clearOnComplete: true,
  });
  let current = '';
  return {
    show(progress) {
      const shown = { ...progress, file: basename(progress.file) };
      if (progress.file !== current) {
        current = progress.file;
        view.start(progress.total, progress.done, shown);
      } else {
        view.update(progress.done, shown);
      }
    },
    end: () => view.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream): ProgressView {
  let current = '';
  return {
    show({ file, number, files, total }) {
      if (file !== current) {
        current = file;
        stream.write(`playing ${number}/${files} ${basename(file)} (${total} steps)\n`);
      }
    },
    end() {},
  };
}
