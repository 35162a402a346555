import type { Block, Cell, Line, SheetDocument } from './document.ts';

/** Models come from devices: their words must not become markup or break a table. */
function plain(text: string): string {
  return text.replace(/[\\`*[\]<>|#&]/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/\s+/g, ' ');
}

/** A code span shows what stands in it, so it cannot be escaped; names of a checked model have no backtick, others are shown as text. */
function lineText(line: Line): string {
  return line
    .map((word) => {
      if (typeof word === 'string') return plain(word);
      return /[`|\s]/.test(word.code) ? plain(word.code) : `\`${word.code}\``;
    })
    .join('');
}

const cellText = (cell: Cell): string => cell.map(lineText).join('<br>');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `## ${plain(block.text)}`;
    case 'paragraph':
      return block.lines.map(lineText).join('\n');
    case 'list':
      return block.items.map((item) => `- ${lineText(item)}`).join('\n');
    case 'table': {
      const rows = block.rows.map((cells) => row(cells.map(cellText)));
      return [row(block.head), row(block.head.map(() => '---')), ...rows].join('\n');
    }
  }
}

/** GitHub-flavoured Markdown. */
export function toMarkdown({ title, blocks }: SheetDocument): string {
  return `${[`# ${plain(title)}`, ...blocks.map(blockText)].join('\n\n')}\n`;
}
