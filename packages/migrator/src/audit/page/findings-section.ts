/** The part of the HTML page that lists all findings: controls, an empty list, and the data from which the page's script fills it. Pure. */
import { CONFIDENCES, STAKES } from '../../rules/finding.ts'
import { htmlJson, htmlText } from '../formats/html-text.ts'
import type { AuditReport } from '../report.ts'
import type { PageFindings } from './findings.ts'
import { ALL_FINDINGS } from './ids.ts'
import { packed } from './pack.ts'
import { numberText, STAKE_WORDS } from './words.ts'

export function findingsSection({ findings, domains }: Pick<AuditReport, 'findings' | 'domains'>): string {
  const all = packed(findings, domains)
  return `<section id="${ALL_FINDINGS}" aria-labelledby="heading-all-findings">
<h2 id="heading-all-findings">All findings (${numberText(all.count)})</h2>
<p id="finder-without">The list of all ${numberText(all.count)} findings needs JavaScript, which does not run here. Everything above is complete without it; <code>--format markdown</code> writes the findings as text.</p>
<div id="finder" hidden>
<form id="finder-filter" role="search" aria-label="Filter the findings">
<label class="search">Search <input type="search" name="words" autocomplete="off" spellcheck="false" placeholder="table, column, type …"></label>
${choices(all)}
</form>
<div class="bar">
<output id="finder-shown" aria-live="polite"></output>
<span class="buttons"><button type="button" id="finder-open">Open all groups</button> <button type="button" id="finder-close">Close all groups</button> <button type="button" id="finder-clear">Clear filters</button></span>
</div>
<p id="finder-keys" class="hint">Keys: arrows move through the list, right and left open and close, Page Up and Page Down turn pages, Home and End go to its ends, Enter shows a finding in full, Escape clears the search.</p>
<div id="finder-list" role="treegrid" aria-label="Findings" aria-describedby="finder-keys" aria-colcount="${HEADS.length}">
<div class="head" role="row" aria-rowindex="1">${HEADS.map((words, at) => `<span role="columnheader" aria-colindex="${at + 1}">${words}</span>`).join('')}</div>
<div id="finder-lines" role="rowgroup"></div>
</div>
</div>
<div id="finder-printed" hidden></div>
</section>
<script type="application/json" id="finder-data">${htmlJson(all)}</script>`
}

const HEADS = ['Severity', 'Where', 'Domain', 'Found', 'Expected']

function choices({ rules, marks, domains, fields, texts }: PageFindings): string {
  const present = new Set(fields.domain.map((at) => texts[at]))
  const stakes = STAKES.filter((one) => marks.some(({ stake }) => stake === one))
  const lists = [
    choice('Group by', 'grouping', [['rule'], ['table'], ['domain']]),
    choice('Rule', 'rule', [['', 'all'], ...rules.map(({ name }) => [name] as const)]),
    choice('Domain', 'domain', [
      ['', 'all'],
      ...domains.filter((name) => present.has(name)).map((name) => [name] as const),
    ]),
    choice('Severity', 'severity', [
      ['', 'all'],
      ['error', 'errors'],
      ['warning', 'warnings'],
    ]),
    choice('What it can cost', 'stake', [
      ['', 'anything'],
      ...stakes.map((stake) => [stake, STAKE_WORDS[stake]] as const),
    ]),
    choice('Confidence', 'confidence', [
      ['', 'any'],
      ...CONFIDENCES.slice(0, -1).map(
        (one, at) =>
          [
            one,
            CONFIDENCES.slice(0, at + 1)
              .toReversed()
              .join(' or '),
          ] as const,
      ),
    ]),
  ]
  const [isKnown, isNew] = [true, false].map((one) => marks.some(({ known }) => known === one))
  // With a baseline, what is new comes first, if there is any; without one, nothing is known.
  if (isKnown) {
    const both = ['', 'new and known'] as const
    const options = [
      ['new', 'new only'],
      ['known', 'known only'],
    ] as const
    lists.push(choice('Baseline', 'status', isNew ? [...options, both] : [both, ...options]))
  }
  return lists.join('\n')
}

function choice(label: string, name: string, options: readonly (readonly [value: string, words?: string])[]): string {
  const list = options.map(([value, words = value]) => `<option value="${htmlText(value)}">${htmlText(words)}</option>`)
  return `<label>${label} <select name="${name}">${list.join('')}</select></label>`
}
