/**
 * PostgreSQL's rendering of an expression without those differences between major versions that mean nothing: white space, and EXTRACT,
 * which was date_part before version 14. Parentheses and casts stay: they can mean something.
 */
export function normalised(expression: string): string {
  return expression
    .replace(/\bEXTRACT\((\w+) FROM /g, (_, field: string) => `date_part('${field}'::text, `)
    .replace(/\s+/g, ' ')
    .trim()
}
