/**
 * The HTML page with 180,000 findings and a table of 10,000 rows, in a real browser: opened from a file, searched, filtered, worked with
 * the keyboard, read as a screen reader does, printed, and without JavaScript. Skipped where there is no Chromium.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { htmlPage } from '../src/audit/formats/html.ts'
import type { Section } from '../src/audit/sections/blocks.ts'
import { CHROMIUM, hasChromium, type OpenPage, openPage } from './chromium.ts'
import { manyFindings, reportOf } from './many-findings.ts'

const FINDINGS = 180_000
const TABLES = 10_000

/** Says only that it does not hang, on any machine; the figure is printed. docs/audit.md says what to expect. */
const MOST_MS = 30_000

const sections: readonly Section[] = [
  {
    id: 'summary',
    title: 'Executive summary',
    blocks: [{ kind: 'paragraph', words: [{ strong: 'Grade E' }, ': rows can be lost.'] }],
    sections: [
      {
        id: 'rule-secret',
        title: 'secret',
        blocks: [{ kind: 'findings', rule: 'secret', lines: [] }],
      },
    ],
  },
  {
    id: 'gap',
    title: 'Gap analysis',
    blocks: [
      {
        kind: 'table',
        head: ['Domain', 'Table', 'Current PK', 'Target V1 PK'],
        rows: Array.from({ length: TABLES }, (_, at) => [
          ['core'],
          [{ code: `legacy_orders_${at}` }],
          [{ code: 'id bigint' }],
          [{ code: 'id uuid' }],
        ]),
      },
    ],
  },
]

describe.skipIf(!hasChromium)(
  `the page of an old database, in a real browser (needs ${CHROMIUM} or CHROMIUM_PATH)`,
  { timeout: 90_000 },
  () => {
    let html: string
    let open: OpenPage

    beforeAll(async () => {
      html = htmlPage(reportOf(manyFindings(FINDINGS)), sections)
      open = await openPage(html, { viewport: { width: 1280, height: 800 } })
    }, 120_000)

    afterAll(async () => {
      await open?.[Symbol.asyncDispose]()
    })

    const shown = () => open.page.locator('#finder-shown')
    const focused = () => open.page.locator('[role=row]:focus')
    /** Waits until the list says so. */
    const says = (words: string) => shown().filter({ hasText: words }).waitFor()
    beforeEach(async () => {
      await open.page.getByRole('button', { name: 'Clear filters' }).click()
      await open.page.getByRole('button', { name: 'Close all groups' }).click()
      await says('180,000 of 180,000 findings shown')
    })

    test('opens, with few elements for many findings, and asks the network for nothing', async () => {
      console.log(`a page of ${FINDINGS} findings and ${TABLES} tables opened in ${Math.round(open.openedInMs)} ms`)
      expect(open.openedInMs).toBeLessThan(MOST_MS)
      expect(await shown().textContent()).toBe('180,000 of 180,000 findings shown, in 20 groups')
      expect(await open.page.locator('#finder-lines > *').count()).toBeLessThan(100)
      expect(await open.page.locator('#gap table').first().locator('tbody tr').count()).toBe(100)
      expect(await open.page.getByText('9,900 more').isVisible()).toBe(true)
      expect(open.problems).toEqual([])
    })

    test('is searched in every field, and Escape clears the search', async () => {
      const search = open.page.getByRole('searchbox', { name: 'Search' })
      await search.fill('legacy_invoice_lines_9999.email varchar')
      await says('3 of 180,000')
      expect(await open.page.locator('.finding').first().textContent()).toContain('legacy_invoice_lines_9999.email')
      await search.fill('no such word anywhere')
      await says('None of 180,000 findings fits these filters.')
      await search.press('Escape')
      await says('180,000 of 180,000')
      expect(await search.inputValue()).toBe('')
    })

    test('is filtered and grouped by what is chosen, and a section leads to the findings of its rule', async () => {
      const { page } = open
      await page.getByRole('combobox', { name: 'Domain' }).selectOption('auth')
      await says('36,000 of 180,000 findings shown, in 20 groups')
      await page.getByRole('combobox', { name: 'Group by' }).selectOption('table')
      await says('36,000 of 180,000 findings shown, in 2,000 groups')
      await page.getByRole('link', { name: 'All of secret' }).click()
      await says('9,000 of 180,000 findings shown, in 1 group')
      expect(await page.locator('.finding').first().isVisible()).toBe(true)
    })

    test('the list is walked through with the keyboard alone, and its ends are reached', async () => {
      const { page } = open
      await page.getByRole('button', { name: 'Clear filters' }).focus()
      await page.keyboard.press('Tab')
      expect(await focused().getAttribute('aria-rowindex')).toBe('2')
      await page.keyboard.press('Tab')
      expect(await focused().count()).toBe(0)
      await page.keyboard.press('Shift+Tab')

      await page.keyboard.press('Enter')
      expect(await focused().getAttribute('aria-expanded')).toBe('true')
      await page.keyboard.press('ArrowDown')
      expect(await focused().getAttribute('aria-level')).toBe('2')
      await page.keyboard.press(' ')
      expect(await focused().locator('.remedy').isVisible()).toBe(true)
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('ArrowLeft')
      expect(await focused().getAttribute('aria-rowindex')).toBe('2')

      await page.getByRole('button', { name: 'Open all groups' }).click()
      await page.locator('.line').first().focus()
      await page.keyboard.press('End')
      const last = page.locator('[role=treegrid]')
      expect(await focused().getAttribute('aria-rowindex')).toBe(await last.getAttribute('aria-rowcount'))
      await isInTheWindow()
      const before = Number(await focused().getAttribute('aria-rowindex'))
      await page.keyboard.press('PageUp')
      const after = Number(await focused().getAttribute('aria-rowindex'))
      expect(before - after).toBeGreaterThan(5)
      expect(before - after).toBeLessThan(40)
      await isInTheWindow()
      await page.keyboard.press('Home')
      expect(await focused().getAttribute('aria-rowindex')).toBe('2')
      await isInTheWindow()
    })

    /** The browser scrolls between two frames; what sticks to the upper edge must not lie over the line. */
    async function isInTheWindow(): Promise<void> {
      await open.page.waitForFunction(`(() => {
        const row = document.activeElement.getBoundingClientRect()
        const filters = document.getElementById('finder-filter').getBoundingClientRect()
        return row.top >= filters.bottom - 1 && row.bottom <= innerHeight
      })()`)
    }

    test('the last of all findings is scrolled to, and the line with the focus keeps it', async () => {
      const { page } = open
      await page.getByRole('button', { name: 'Open all groups' }).click()
      const rows = Number(await page.locator('[role=treegrid]').getAttribute('aria-rowcount'))
      expect(rows).toBeGreaterThan(FINDINGS)
      await page.locator('.line').first().focus()
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
      await page.locator(`[aria-rowindex="${rows}"]`).waitFor()
      expect(await focused().getAttribute('aria-rowindex')).toBe('2')
      expect(await page.locator('.line').count()).toBeLessThan(100)
    })

    test('a screen reader hears landmarks, headings, names of controls, and what each line is', async () => {
      const { page } = open
      const tree = await page.locator('body').ariaSnapshot()
      for (const part of [
        'link "Skip to all findings"',
        'navigation "Contents"',
        'heading "Audit of legacy against V1" [level=1]',
        'heading "Executive summary" [level=2]',
        'region "All findings',
        'table "Gap analysis"',
        'columnheader "Target V1 PK"',
        'search "Filter the findings"',
        'searchbox "Search"',
        'combobox "What it can cost"',
        'treegrid "Findings"',
        'columnheader "Severity"',
      ])
        expect(tree).toContain(part)
      expect(await page.locator('#finder-shown').getAttribute('aria-live')).toBe('polite')
      const line = page.getByRole('row', { name: /^secret lets people in/ })
      const said = ['aria-level', 'aria-posinset', 'aria-setsize', 'aria-expanded']
      expect(await Promise.all(said.map((name) => line.getAttribute(name)))).toEqual(['1', '1', '20', 'false'])
    })

    test('on paper every group is there, with as many findings as are left to read, and says how many more', async () => {
      const { page } = open
      const pdf = (await page.pdf({ format: 'A4' })).toString('latin1')
      const pages = pdf.match(/\/Type \/Page\b/g)?.length ?? 0
      console.log(`printed on ${pages} pages`)
      expect(pages).toBeGreaterThan(10)
      expect(pages).toBeLessThan(200)
      expect(await page.locator('#finder-printed > *').count()).toBe(0)

      await page.emulateMedia({ media: 'print' })
      await page.evaluate('void dispatchEvent(new Event("beforeprint"))')
      const printed = page.locator('#finder-printed')
      expect(await printed.locator('h3').count()).toBe(20)
      expect(await printed.locator('tbody tr').count()).toBe(1000)
      expect(await printed.textContent()).toContain('… and 8,950 more of secret')
      expect(await page.locator('#finder').isVisible()).toBe(false)
      expect(await printed.isVisible()).toBe(true)
      await page.evaluate('void dispatchEvent(new Event("afterprint"))')
      await page.emulateMedia({ media: null })
      expect(await printed.isVisible()).toBe(false)
    })

    test('nothing is wider than a phone, in light and in dark', async () => {
      const { page } = open
      await page.setViewportSize({ width: 390, height: 800 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
      }
      await page.setViewportSize({ width: 1280, height: 800 })
    })

    test('without JavaScript the sections are there, and a line says what is not', async () => {
      await using plain = await openPage(html, { javaScriptEnabled: false })
      const { page } = plain
      expect(await page.getByText('Grade E').isVisible()).toBe(true)
      expect(await page.getByText('The list of all 180,000 findings needs JavaScript').isVisible()).toBe(true)
      expect(await page.locator('#finder').isVisible()).toBe(false)
      await page.getByText('9,900 more').click()
      expect(await page.getByText('legacy_orders_9999').isVisible()).toBe(true)
    })

    test('nothing went wrong meanwhile', () => {
      expect(open.problems).toEqual([])
    })
  },
)
