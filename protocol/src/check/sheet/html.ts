import type { Block, Cell, Line, SheetDocument } from './document.ts';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Models come from devices: their words must not become markup. */
function plain(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => entities[mark]!);
}

const lineText = (line: Line): string =>
  line.map((word) => (typeof word === 'string' ? plain(word) : `<code>${plain(word.code)}</code>`)).join('');

const cellText = (cell: Cell): string => cell.map(lineText).join('<br>');

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${plain(block.text)}</h2>`;
    case 'paragraph':
      return `<p>${cellText(block.lines)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${lineText(item)}</li>`).join('\n')}\n</ul>`;
    case 'table': {
      const head = block.head.map((text) => `<th scope="col">${plain(text)}</th>`).join('');
      const rows = block.rows.map(
        (row) => `<tr>${row.map((cell) => `<td>${cellText(cell)}</td>`).join('')}</tr>`,
      );
      return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`;
    }
  }
}

/** Reads on a phone and prints on paper; nothing is fetched, so that reading it tells nobody. */
const style = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #999; padding: .3rem .6rem; text-align: left; vertical-align: top }`;

/** One page without scripts and without anything from elsewhere. `language` is that of the model's words (BCP 47). */
export function toHtml({ title, blocks }: SheetDocument, language = 'en'): string {
  return `<!doctype html>
<html lang="${plain(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${plain(title)}</title>
<style>
${style}
</style>
</head>
<body>
<h1>${plain(title)}</h1>
${blocks.map(blockText).join('\n')}
</body>
</html>
`;
}
