/** A comparison → its text, by the name of the format. There is no SARIF: a difference between two databases is in neither of them alone. */
import { printableJson } from '../../printable.ts'
import type { Screen } from '../../verb.ts'
import type { Format } from '../formats/format.ts'
import type { TextLimit } from '../formats/text.ts'
import type { Compared } from './compared.ts'

export type CompareFormat = Exclude<Format, 'sarif'>

/** So many rows of each table are shown as text, unless --limit says otherwise. */
const LIMIT = 50

/** Lines without the end of the last one. The module of a format is loaded only when that format is asked for. */
export async function comparedLines(
  compared: Compared,
  format: CompareFormat,
  { limit = LIMIT }: TextLimit = {},
): Promise<(screen: Screen) => string[]> {
  const most = limit === 0 ? Number.POSITIVE_INFINITY : limit
  const asLines = (text: string) => () => text.replace(/\n$/, '').split('\n')
  switch (format) {
    case 'text': {
      const [{ comparedSections }, { textSections }] = await Promise.all([
        import('./sections.ts'),
        import('../formats/blocks-text.ts'),
      ])
      const sections = comparedSections(compared)
      return (screen) => textSections(sections, { ...screen, limit: most }).slice(1)
    }
    case 'markdown': {
      const { comparedMarkdown } = await import('./markdown.ts')
      return asLines(comparedMarkdown(compared))
    }
    case 'json': {
      const { comparedDocument } = await import('./document.ts')
      return asLines(printableJson(comparedDocument(compared)))
    }
    case 'html': {
      const { comparedHtml } = await import('./html.ts')
      return asLines(comparedHtml(compared))
    }
  }
}
