/** What a person is told, with what differs from run to run taken out. */
import { inject } from 'vitest'
import { errorText } from '../src/report/error.ts'

const server = inject('testServer')
/** The tests' server may be any: in a container, or on another machine. */
export const TEST_HOST = 'url' in server ? new URL(server.url).hostname : '127.0.0.1'

/** The message of what `work` throws, or of an error, made alike. */
export async function told(work: unknown): Promise<string> {
  return alike(errorText(work instanceof Error ? work : await failureOf(work)))
}

/** The same text in every run: ports, process ids, temporary folders and database names are replaced. */
export function alike(text: string): string {
  return text
    .replaceAll(/\/\S*veza-workspace-\w+/g, '/repository')
    .replaceAll(TEST_HOST, '127.0.0.1')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:5432')
    .replaceAll(/veza_test_\w+/g, 'veza')
    .replaceAll(/pid \d+/g, 'pid 4711')
}

async function failureOf(work: unknown): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    return error
  }
  throw new Error('it should have failed')
}
