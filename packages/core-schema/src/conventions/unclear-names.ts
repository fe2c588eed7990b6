/** Column names that need a comment, since name and type do not say all that matters. The audit uses the same patterns. */

export const UNIT = /(^|_)(seconds|ms|kbps|percent|bytes|size|sample_rate|bpm)(_|$)/
export const HASH = /(^|_)(hash|checksum|secret)$/
