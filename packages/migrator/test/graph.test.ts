/** Graphs are drawn with arrows from a domain to what it needs, one path per line: `auth -> core`. */
import { describe, expect, test } from 'vitest'
import { DomainCycleError, UnknownDomainError } from '../src/workspace/errors.ts'
import { buildGraph, type Graph } from '../src/workspace/graph.ts'

/** Reads a drawing: every word is a domain, every arrow an edge to what it needs. Lines can be in any order. */
function drawn(drawing: string): Graph {
  const edges = new Map<string, Set<string>>()
  for (const line of drawing.split('\n')) {
    const path = line.split('->').map((word) => word.trim())
    for (const [index, name] of path.entries()) {
      if (name === '') continue
      const needs = edges.get(name) ?? new Set()
      edges.set(name, needs)
      const next = path[index + 1]
      if (next) needs.add(next)
    }
  }
  return buildGraph([...edges].map(([name, needs]) => ({ name, dependencies: [...needs] })))
}

function failure(drawing: string): unknown {
  try {
    return drawn(drawing).order
  } catch (error) {
    return error
  }
}

describe('the order', () => {
  test('of nothing is nothing', () => {
    expect(buildGraph([]).order).toEqual([])
  })

  test('puts what is needed first, however the files came', () => {
    expect(
      drawn(`
        zebra -> yak -> xerus
        auth -> zebra
      `).order,
    ).toEqual(['xerus', 'yak', 'zebra', 'auth'])
  })

  test('breaks ties by name', () => {
    //            +-- auth
    //   core <---+-- social
    //            +-- streaming
    expect(
      drawn(`
        streaming -> core
        auth      -> core
        social    -> core
      `).order,
    ).toEqual(['core', 'auth', 'social', 'streaming'])
  })

  test('lists a diamond once, its foot first and its head last', () => {
    //          +-- left <--+
    //   base <-+           +-- top
    //          +-- right <-+
    expect(
      drawn(`
        top -> right -> base
        top -> left  -> base
      `).order,
    ).toEqual(['base', 'left', 'right', 'top'])
  })

  test('keeps graphs that have nothing to do with each other', () => {
    expect(
      drawn(`
        b -> a
        d -> c
        e
      `).order,
    ).toEqual(['a', 'c', 'e', 'b', 'd'])
  })

  test('is the same for every order of the input', () => {
    const nodes = [
      { name: 'core', dependencies: [] },
      { name: 'auth', dependencies: ['core'] },
      { name: 'chat', dependencies: ['auth', 'core'] },
    ]
    expect(buildGraph(nodes.toReversed()).order).toEqual(buildGraph(nodes).order)
  })
})

describe('the closure of a domain', () => {
  const graph = drawn(`
    chat   -> auth -> core
    social -> core
    lonely
  `)

  test('is the domain and all that it needs through others, and no more', () => {
    expect([...graph.closure('chat')].sort()).toEqual(['auth', 'chat', 'core'])
    expect([...graph.closure('social')].sort()).toEqual(['core', 'social'])
  })

  test('of one that needs nothing is itself', () => {
    expect([...graph.closure('lonely')]).toEqual(['lonely'])
  })

  test('of an unknown domain is refused with the names that there are', () => {
    expect(() => graph.closure('chta')).toThrow(new UnknownDomainError({ domain: 'chta', known: knownNames }))
  })
  const knownNames = ['auth', 'chat', 'core', 'lonely', 'social']
})

describe('a cycle', () => {
  test('is refused with its path, the closing node included', () => {
    expect(failure('auth -> core -> auth')).toMatchObject({ path: ['auth', 'core', 'auth'] })
    expect(failure('auth -> core -> auth')).toBeInstanceOf(DomainCycleError)
  })

  test('of one domain with itself has that domain twice', () => {
    expect(failure('core -> core')).toMatchObject({ path: ['core', 'core'] })
  })

  test('is told without the way that led into it', () => {
    //   app -> b -> c -> d
    //          ^---------+
    expect(failure('app -> b -> c -> d -> b')).toMatchObject({ path: ['b', 'c', 'd', 'b'] })
  })

  test('is found beside a sound part', () => {
    expect(
      failure(`
        auth -> core
        x -> y -> x
      `),
    ).toMatchObject({ path: ['x', 'y', 'x'] })
  })
})

test('an edge to nowhere is refused', () => {
  expect(() => buildGraph([{ name: 'auth', dependencies: ['core'] }])).toThrow(UnknownDomainError)
})
