import { expect, test } from 'vitest'
import { namesInBody } from '../src/check/body.ts'
import { edgeFindings } from '../src/check/edges.ts'
import { buildGraph } from '../src/workspace/graph.ts'

const names = (body: string) => {
  const { relations, functions } = namesInBody(body)
  return { relations: [...relations].sort(), functions: [...functions].sort() }
}

test('tables are named where a table can stand: after from, join, into, update, using, and in their lists', () => {
  expect(
    names(`select a.x, b from users a, public.roles b left join "User Tags" on rank(a) = 1;
      insert into logs select 1; update rooms set users_count = 1; delete from tags using tag_names; truncate one, two`)
      .relations,
  ).toEqual(['User Tags', 'logs', 'one', 'roles', 'rooms', 'tag_names', 'tags', 'two', 'users'])
})

test('a type that follows a table names it', () => {
  expect(names('declare one users%rowtype; two rooms.name%type; begin end').relations).toEqual(['rooms', 'users'])
})

test('calls name functions, with or without public', () => {
  expect(names('perform touch(1); select public.refresh ( 2 ), column_name').functions).toEqual(['refresh', 'touch'])
})

test('text, comments, other schemas and columns name nothing', () => {
  expect(
    names(`select 'from users', roles from chat.messages -- from tags\n where x = $$ from rooms $$ /* join logs */`),
  ).toEqual({
    relations: [],
    functions: [],
  })
})

/*
 *   core <-- auth <-- social      social declares auth and core
 */
test('a dependency counts as used when something is reached through it alone, or its code is imported', () => {
  const domain = (name: string, ...dependencies: string[]) => ({
    name,
    dependencies,
    packageName: `@fixture/${name}`,
    folder: '',
    path: `packages/${name}-schema`,
  })
  const unused = (
    references: readonly { domain: string; owner: string }[],
    social: readonly string[],
    imports = false,
  ) => {
    const domains = [domain('core'), domain('auth', 'core'), domain('social', ...social)]
    const found = edgeFindings({ domains, graph: buildGraph(domains), references, imports: () => imports })
    return found.map(({ message }) => message)
  }
  const authUsesCore = { domain: 'auth', owner: 'core' }
  expect(unused([authUsesCore, { domain: 'social', owner: 'core' }], ['auth'])).toEqual([])
  expect(unused([authUsesCore, { domain: 'social', owner: 'core' }], ['auth', 'core'])).toEqual([
    'social declares that it depends on auth, but uses nothing of auth.',
  ])
  expect(unused([authUsesCore, { domain: 'social', owner: 'auth' }], ['auth', 'core'])).toEqual([
    'social declares that it depends on core, but uses nothing of core.',
  ])
  expect(unused([], ['auth'])).toHaveLength(2)
  expect(unused([], ['auth'], true)).toEqual([])
})
