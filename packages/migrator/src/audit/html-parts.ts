/** Style and script of the HTML report. The script reads all that it needs from the ids and data attributes of the page. */

export const style = `
:root { color-scheme: light dark; --line: #8884; --error: #c2332b; --warning: #a86a00; }
@media (prefers-color-scheme: dark) { :root { --error: #ff7b72; --warning: #e3b341; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 80rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.note, .known { opacity: .7; } .error { color: var(--error); } .warning { color: var(--warning); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
#findings :is(th, td:nth-child(1), td:nth-child(4)), #keys :is(th, td:nth-child(1)) { white-space: nowrap; overflow-wrap: normal; }
.bar { display: grid; grid-template-columns: 12rem 1fr 3rem; gap: .6rem; width: 100%; align-items: center; padding: .1rem 0; border: 0;
  background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
.bar:hover, .bar[aria-pressed=true] { background: #8882; }
.track { display: flex; height: .8rem; } .track i { display: block; height: 100%; }
.track .error { background: var(--error); } .track .warning { background: var(--warning); }
form { display: flex; flex-wrap: wrap; gap: 1rem; margin-bottom: 1rem; align-items: baseline; }
details { margin: .4rem 0; } summary { cursor: pointer; }
`

export const script = `
const form = document.getElementById('filters')
const rows = [...document.querySelectorAll('#findings tbody tr')].map((row) => ({ row, text: row.textContent.toLowerCase() }))
const bars = [...document.querySelectorAll('.bar')]
function show() {
  const { words, rule, domain, severity } = Object.fromEntries(new FormData(form))
  const wanted = words.toLowerCase().split(/\\s+/).filter(Boolean)
  let shown = 0
  for (const { row, text } of rows) {
    const fits = (!rule || row.dataset.rule === rule) && (!domain || row.dataset.domain === domain) &&
      (!severity || row.dataset.severity === severity) && wanted.every((word) => text.includes(word))
    row.hidden = !fits
    if (fits) shown += 1
  }
  document.getElementById('shown').value = shown + ' of ' + rows.length
  for (const bar of bars) bar.setAttribute('aria-pressed', String(bar.dataset.rule === rule))
}
form.addEventListener('input', show)
form.addEventListener('submit', (event) => event.preventDefault())
for (const bar of bars) bar.addEventListener('click', () => {
  const select = form.elements.rule
  select.value = select.value === bar.dataset.rule ? '' : bar.dataset.rule
  show()
})
`
