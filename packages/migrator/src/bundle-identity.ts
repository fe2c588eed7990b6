/** Which plan a bundle holds, and which commit it was made from: how messages and `--version` name it. */

export interface BundleIdentity {
  /** The name of the file as it was made: `veza-migrate.mjs`. */
  readonly file: string
  readonly toolVersion: string
  /** 40 hexadecimal digits; undefined if the repository is not in git. */
  readonly commit: string | undefined
  /** When the commit was made, in UTC, so that the same commit always gives the same bundle: `2026-03-01T12:00:00Z`. */
  readonly committedAt: string | undefined
  /** Whether a file of a domain or migrations.lock differed from the commit. */
  readonly isModified: boolean
  /** SHA-256 of migrations.lock: `sha256sum migrations.lock` prints the same. */
  readonly plan: string
  readonly migrations: number
}

/** `commit 1b2c3d4e5f60 of 2026-03-01, plan 9f86d081884c` */
export function identityText({ commit, committedAt, isModified, plan }: BundleIdentity): string {
  const changes = isModified ? ' with changes that are not committed' : ''
  const origin =
    commit === undefined ? 'no known commit' : `commit ${commit.slice(0, 12)} of ${committedAt?.slice(0, 10)}${changes}`
  return `${origin}, plan ${plan.slice(0, 12)}`
}
