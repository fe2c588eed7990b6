/**
 * PostgreSQL's rendering without what its major versions do differently and means nothing: white space, and EXTRACT, which before 14
 * was date_part. Parentheses and casts stay: they can mean something.
 */
export function normalised(expression: string): string {
  return expression
    .replace(/\bEXTRACT\((\w+) FROM /g, (_, field: string) => `date_part('${field}'::text, `)
    .replace(/\s+/g, ' ')
    .trim()
}
