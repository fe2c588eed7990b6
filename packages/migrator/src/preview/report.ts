/** What a down would destroy, as it is shown before the question, and as a document. Pure. */
import type { HistoryRow } from '../database/history.ts'
import { layoutFor, stepDocument, stepLine } from '../report/steps.ts'
import type { Screen } from '../verb.ts'
import type { Planned } from '../workspace/workspace.ts'
import type { Loss, Other } from './loss.ts'
import { alongWords, countWords, effectWords, otherWords, totalWords, unitOf } from './words.ts'

export interface Previewed {
  readonly steps: readonly Planned[]
  readonly losses: readonly Loss[]
  readonly history: readonly HistoryRow[]
  /** Domain by the name of a table or view. */
  readonly owners: ReadonlyMap<string, string>
}

const MOST_LINES = 4

export function previewLines(previewed: Previewed, screen: Screen): string[] {
  const { steps, losses, owners } = previewed
  const layout = layoutFor(steps, screen)
  const { paint } = screen
  const margin = ' '.repeat(layout.numberWidth + 4)
  const total = totalWords(losses)
  return [
    ...steps.flatMap((step) => {
      const own = losses.filter((loss) => loss.step === step && isShown(loss))
      return [
        stepLine(step, layout),
        `${margin}${paint('dim', appliedWords(step, previewed))}`,
        ...(step.render.down.dynamic ? [`${margin}${paint('yellow', DYNAMIC)}`] : []),
        ...own.flatMap((loss) => lossLines(loss, owners, screen).map((line) => margin + line)),
        ...(own.length === 0 && !step.render.down.dynamic ? [`${margin}${paint('dim', 'destroys nothing')}`] : []),
      ]
    }),
    ...(total === undefined ? [] : [paint('red', total)]),
  ]
}

const DYNAMIC =
  'reads the database while it runs: what it does then is decided by its code. For a database without rows it would be:'

const isShown = ({ effect }: Loss): boolean => effect.type !== 'create'

/** `of auth, applied 2026-01-02 03:04 UTC by deploy@ci` */
function appliedWords({ domain, name }: Planned, { history }: Previewed): string {
  const row = history.find((one) => one.domain === domain && one.name === name)
  if (row === undefined) return `of ${domain}`
  const at = row.createdAt.toISOString().slice(0, 16).replace('T', ' ')
  return `of ${domain}, ${row.durationMs === null ? 'begun' : 'applied'} ${at} UTC by ${row.appliedBy}`
}

function lossLines(loss: Loss, owners: ReadonlyMap<string, string>, { paint }: Screen): string[] {
  const { effect, state, count, along, cascades, refusedBy } = loss
  if (effect.type === 'unlisted') return [paint('yellow', `${effectWords(effect)}:`), ...firstLines(effect.sql)]
  const isHarmless = count?.kind === 'exact' && count.count === 0
  const details = [
    ...(state === 'gone' ? ['is not there'] : state === 'new' ? ['made by this down itself'] : []),
    ...(count === undefined ? [] : [countWords(count, unitOf(effect))]),
  ].join(', ')
  const head = [
    effectWords(effect),
    ...(details === '' ? [] : [paint(count === undefined || isHarmless ? 'dim' : 'red', `(${details})`)]),
    ...(along.length === 0 ? [] : [alongWords(along)]),
  ]
  const list = (others: readonly Other[]) => others.map((one) => `  - ${otherWords(one, owners)}`)
  return [
    head.filter(Boolean).join(' '),
    ...(cascades.length === 0 ? [] : [paint('red', 'with CASCADE also:'), ...list(cascades)]),
    ...(refusedBy.length === 0
      ? []
      : [paint('yellow', 'which the server will refuse, since these depend on it:'), ...list(refusedBy)]),
  ]
}

function firstLines(sql: string): string[] {
  const lines = sql.trim().split('\n')
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${line.length > 100 ? `${line.slice(0, 97)}...` : line}`)
  return lines.length > MOST_LINES ? [...shown, `  ... ${lines.length - MOST_LINES} more lines`] : shown
}

export const revertsDocument = ({ steps, history }: Previewed) =>
  steps.map((step) => {
    const row = history.find(({ domain, name }) => domain === step.domain && name === step.name)
    return {
      ...stepDocument(step, 'down'),
      appliedAt: row?.createdAt.toISOString() ?? null,
      appliedBy: row?.appliedBy ?? null,
    }
  })

/** One entry for each thing that goes, in the order of the statements. */
export const destroysDocument = ({ losses, owners }: Previewed) =>
  losses.filter(isShown).map(({ step, effect, state, count, along, cascades, refusedBy }) => {
    const others = (list: readonly Other[]) =>
      list.map((one) => ({ ...one, owner: owners.get(one.table ?? one.name) ?? null }))
    return {
      migration: step.id,
      what: effectWords(effect),
      ...effect,
      dynamic: step.render.down.dynamic,
      state,
      ...(count === undefined ? {} : { [`${unitOf(effect)}s`]: count }),
      ...(along.length === 0 ? {} : { along }),
      ...(cascades.length === 0 ? {} : { cascades: others(cascades) }),
      ...(refusedBy.length === 0 ? {} : { refusedBy: others(refusedBy) }),
    }
  })
