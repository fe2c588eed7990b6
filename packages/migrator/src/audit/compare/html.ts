/** A comparison → one page that needs no other file and no script. Pure. */
import { htmlSection } from '../formats/html-blocks.ts'
import { htmlText } from '../formats/html-text.ts'
import type { Compared } from './compared.ts'
import { comparedSections } from './sections.ts'

const STYLE = `body { font: 15px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
.table { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #8886; text-align: left; vertical-align: top }
td.number, th.number { text-align: right }
code { font-size: .9em; overflow-wrap: anywhere }`

export function comparedHtml(compared: Compared): string {
  const title = htmlText(comparedTitle(compared))
  const { comparedAt } = compared
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p><time datetime="${comparedAt.toISOString()}">${comparedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></p>
${comparedSections(compared)
  .map((section) => htmlSection(section))
  .join('\n')}
</main>
</body>
</html>
`
}

export const comparedTitle = ({ names }: Compared): string => `${names.a} compared with ${names.b}`
