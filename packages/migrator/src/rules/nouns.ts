/**
 * English nouns in names: whether `category` and `categories` are the same word. One form stands for all forms of a word; it is not
 * always a word itself, and is only ever compared. Pure.
 */

/** Singulars of plurals that no rule below gets right. */
const IRREGULAR: Readonly<Record<string, string>> = {
  ...{ people: 'person', persons: 'person', children: 'child', men: 'man', women: 'woman', oxen: 'ox' },
  ...{ mice: 'mouse', geese: 'goose', feet: 'foot', teeth: 'tooth', quizzes: 'quiz', staves: 'staff' },
  ...{
    leaves: 'leaf',
    lives: 'life',
    wolves: 'wolf',
    knives: 'knife',
    shelves: 'shelf',
    halves: 'half',
    wives: 'wife',
  },
  ...{ media: 'medium', data: 'datum', criteria: 'criterion', phenomena: 'phenomenon', curricula: 'curriculum' },
  ...{ indices: 'index', matrices: 'matrix', vertices: 'vertex', appendices: 'appendix', aliases: 'alias' },
  ...{
    analysis: 'analyses',
    basis: 'bases',
    thesis: 'theses',
    crisis: 'crises',
    axis: 'axes',
    hypothesis: 'hypotheses',
  },
}

/** The same for `status` and `statuses`, for `movie` and `movies`, for `person` and `people`. */
function oneForm(word: string): string {
  const singular = IRREGULAR[word] ?? word
  if (singular.length <= 3) return singular.replace(/([^s])s$/, '$1')
  return singular.replace(/(ies|ie|y)$/, 'y').replace(/[es]+$/, '') || singular
}

/** Every word of a snake_case name in its one form. */
export const oneFormOf = (name: string): string => name.split('_').filter(Boolean).map(oneForm).join('_')
