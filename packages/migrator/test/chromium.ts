/** A page of ours in a real browser, opened from a file as whoever is sent it does. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'

export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

export const hasChromium = existsSync(CHROMIUM)

export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** Errors of scripts and of the console (a breach of the page's policy is one), and every request of the network. */
  readonly problems: readonly string[]
  /** From the request to the end of the page's script, in which the list is filled. */
  readonly openedInMs: number
}

/** The page is complete, with its list, when this returns. */
export async function openPage(html: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const { chromium } = await import('playwright-core')
  const folder = mkdtempSync(join(tmpdir(), 'veza-page-'))
  const file = join(folder, 'audit.html')
  writeFileSync(file, html)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const dispose = async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  }
  try {
    const page = await browser.newPage(options)
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    page.on('request', (request) => /^https?:/.test(request.url()) && problems.push(request.url()))
    const startedAt = performance.now()
    await page.goto(pathToFileURL(file).href)
    return { page, problems, openedInMs: performance.now() - startedAt, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
