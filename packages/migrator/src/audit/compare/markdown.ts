/** A comparison → a Markdown document. Pure. */
import { markdownSection, plain } from '../formats/blocks-markdown.ts'
import type { Compared } from './compared.ts'
import { comparedTitle } from './html.ts'
import { comparedSections } from './sections.ts'

export function comparedMarkdown(compared: Compared): string {
  const sections = comparedSections(compared).map((section) => markdownSection(section))
  const day = compared.comparedAt.toISOString().slice(0, 10)
  return `${[`# ${plain(comparedTitle(compared))}`, `${day}.`, ...sections].join('\n\n')}\n`
}
