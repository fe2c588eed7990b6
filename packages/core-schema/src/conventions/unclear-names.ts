/** Words in a column's name after which its name and type do not say all: the column needs a comment. The audit asks for the same. */

export const UNIT = /(^|_)(seconds|ms|kbps|percent|bytes|size|sample_rate|bpm)(_|$)/
export const HASH = /(^|_)(hash|checksum|secret)$/
