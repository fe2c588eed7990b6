/** Writes what a verb was asked to put into a file (`--out`). */
import { OutputFileError, reason } from '../errors.ts'
import type { Lines } from '../verb.ts'
import { replaceFile } from '../workspace/replace-file.ts'
import { plainPaint } from './output.ts'

/** Replaces the file at once: whoever reads it meanwhile, such as a collector of metrics, sees it whole. Throws OutputFileError. */
export function writeOut(file: string, text: string): void {
  try {
    replaceFile(file, text)
  } catch (error) {
    throw new OutputFileError({ file, problem: reason(error) }, error)
  }
}

/** Lines as a file has them: without colours, each as long as it is. Throws OutputFileError. */
export const writeLinesOut = (file: string, lines: Lines): void =>
  writeOut(file, `${lines({ paint: plainPaint, width: undefined }).join('\n')}\n`)
