/** The migrator's own version, as the history records it. */
import { readFileSync } from 'node:fs'

export const toolVersion: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
