/** Elements of the page: those that are there, and new ones. */

/** Throws where the page lacks it: page and script are made together. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no element with the id ${id}.`)
  return found
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Text is text, whatever it holds: nothing is parsed as HTML. An attribute that is undefined is left out. */
export function make(tag: string, attributes: Attributes, ...inner: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(name, String(value))
  made.append(...inner)
  return made
}
