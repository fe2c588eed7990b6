/** A page of ours in a real browser, opened from a file as whoever is sent it does. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'

export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

export const hasChromium = existsSync(CHROMIUM)

/** `problems` holds errors of scripts, of the console (a breach of the page's policy is one), and every request of the network. */
type Act<T> = (page: Page, problems: readonly string[]) => Promise<T>

/** The page is complete, with its list, when `act` is called. */
export async function withPage<T>(html: string, options: BrowserContextOptions, act: Act<T>): Promise<T> {
  const { chromium } = await import('playwright-core')
  const folder = mkdtempSync(join(tmpdir(), 'veza-page-'))
  const file = join(folder, 'audit.html')
  writeFileSync(file, html)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage(options)
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    page.on('request', (request) => /^https?:/.test(request.url()) && problems.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    return await act(page, problems)
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true })
  }
}
