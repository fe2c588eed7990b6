/**
 * The environment of PostgreSQL's programs, and of all that run as the server's user. It is a short list, because the server outlives its
 * caller and its user can read its environment in /proc: it must not contain the caller's PG* settings, secrets or locale. Times are UTC, messages are English.
 */
const KEPT = [
  'PATH',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'SystemRoot',
  'SystemDrive',
  'TEMP',
  'TMP',
  'USERPROFILE',
]

export function programEnvironment(): NodeJS.ProcessEnv {
  const kept = KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
