/** Report → one page that needs no other file: it holds styles, script, and a table of all findings that can be filtered. Pure. */
import { targetText } from '../database/target.ts'
import { plural } from '../errors.ts'
import { script, style } from './html-parts.ts'
import {
  type AuditFinding,
  type AuditReport,
  type Count,
  countsByDomain,
  countsByRule,
  NO_DOMAIN,
  placeText,
  reportRules,
  total,
} from './report.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (words: string): string => words.replace(/[&<>"']/g, (character) => ENTITIES[character]!)

export function htmlReport(report: AuditReport): string {
  const { target, auditedAt, findings, gap, notes } = report
  const { errors, warnings } = total(report)
  const title = `Audit of ${target.database} against V1`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p>${escaped(targetText(target))}, PostgreSQL ${escaped(target.serverVersion)}, <time datetime="${auditedAt.toISOString()}">${auditedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></p>
<p>${plural(report.tables, 'table')}, <strong class="error">${plural(errors, 'error')}</strong>, <strong class="warning">${plural(warnings, 'warning')}</strong>.</p>
${notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('\n')}
</header>
<main>
${keys(report)}
<section>
<h2>Findings by rule</h2>
${bars(countsByRule(report))}
</section>
<section>
<h2>Findings</h2>
<form id="filters">
<label>Search <input type="search" name="words" autocomplete="off"></label>
${choice('rule', countsByRule(report))}
${choice('domain', countsByDomain(report))}
<label>Severity <select name="severity"><option value="">all</option><option>error</option><option>warning</option><option>known</option></select></label>
<output id="shown">${findings.length} of ${findings.length}</output>
</form>
<table id="findings">
<thead><tr><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col">Where</th><th scope="col">Domain</th><th scope="col">Found</th><th scope="col">Expected</th><th scope="col">Remedy</th></tr></thead>
<tbody>
${findings.map(row).join('\n')}
</tbody>
</table>
</section>
<section>
<h2>Gap to V1</h2>
<p>${plural(gap.missingTables.length, 'table')} missing, ${plural(gap.unknownTables.length, 'table')} that V1 does not know, ${plural(gap.tables.length, 'common table')} with differences.</p>
${gap.tables.map(differences).join('\n')}
</section>
</main>
<script>${script}</script>
</body>
</html>
`
}

function keys({ gap: { primaryKeys } }: AuditReport): string {
  if (primaryKeys.length === 0) return ''
  const cells = (words: readonly string[]) => `<tr>${words.map((word) => `<td>${escaped(word)}</td>`).join('')}</tr>`
  return `<section>
<h2>Primary keys to change</h2>
<table id="keys">
<thead><tr><th scope="col">Domain</th><th scope="col">Table</th><th scope="col">Current PK</th><th scope="col">Target V1 PK</th></tr></thead>
<tbody>
${primaryKeys.map(({ domain, table, current, target }) => cells([domain, table, current, target])).join('\n')}
</tbody>
</table>
</section>`
}

/** One bar per rule, with a length relative to the longest bar; a click on it filters the table by the rule. */
function bars(counts: readonly Count[]): string {
  const longest = Math.max(1, ...counts.map(({ errors, warnings }) => errors + warnings))
  const percent = (count: number) => ((count / longest) * 100).toFixed(2)
  const about = new Map(reportRules.map(({ name, summary }) => [name, summary]))
  return `<div id="bars">${counts
    .map(
      ({ name, errors, warnings }) =>
        `<button type="button" class="bar" data-rule="${name}" title="${escaped(about.get(name) ?? '')}"><span>${name}</span><span class="track"><i class="error" style="width:${percent(errors)}%"></i><i class="warning" style="width:${percent(warnings)}%"></i></span><span>${errors + warnings}</span></button>`,
    )
    .join('\n')}</div>`
}

function choice(name: string, counts: readonly Count[]): string {
  const options = counts.map((count) => `<option>${escaped(count.name)}</option>`).join('')
  return `<label>${name[0]!.toUpperCase()}${name.slice(1)} <select name="${name}"><option value="">all</option>${options}</select></label>`
}

function row(finding: AuditFinding): string {
  const { rule, owner, found, expected, remedy, known } = finding
  const severity = known ? 'known' : finding.severity
  const domain = owner ?? NO_DOMAIN
  const cells = [placeText(finding), domain, found, expected, remedy].map((words) => `<td>${escaped(words)}</td>`)
  return `<tr data-severity="${severity}" data-rule="${rule}" data-domain="${escaped(domain)}"><td class="${severity}">${severity}</td><td>${rule}</td>${cells.join('')}</tr>`
}

function differences({ table, domain, differences: own }: AuditReport['gap']['tables'][number]): string {
  const rows = own.map(
    ({ kind, name, found, expected }) =>
      `<tr><td>${kind}</td><td>${escaped(name)}</td><td>${escaped(found ?? '-')}</td><td>${escaped(expected ?? '-')}</td></tr>`,
  )
  return `<details><summary>${escaped(table)} (${escaped(domain)}): ${own.length}</summary>
<table><thead><tr><th scope="col">What</th><th scope="col">Name</th><th scope="col">Found</th><th scope="col">Expected</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`
}
