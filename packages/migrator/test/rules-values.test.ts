/** What columns and tables hold: amounts, documents, rows that a crash would take. What must be found, and what must not. */
import { describe, expect, test } from 'vitest'
import { findingsOf, told } from './found-by-rule.ts'
import { ownDatabase } from './own-database.ts'

const own = ownDatabase()

/** The columns of `create table a (...)` in which the rule finds something. */
async function columns(rule: string, definitions: string): Promise<(string | null)[]> {
  return (await findingsOf(own.client, rule, `create table a (${definitions})`)).map(({ column }) => column)
}

describe('inexact-amount', () => {
  test.each([
    'price real',
    'unit_price double precision',
    'amount float8',
    'balance real',
    'shipping_fee float4',
    'price_eur real',
    '"totalPrice" real',
    'anything money',
    'sums money[]',
  ])('%s is found', async (definition) => {
    expect(await columns('inexact-amount', definition)).toHaveLength(1)
  })

  test.each([
    'price numeric(12,2)',
    'amount bigint',
    'latitude double precision',
    'score real',
    'price_ratio real',
    'tax_rate real',
    'white_balance real',
    'query_cost_estimated real',
    'volume real',
    'weight double precision',
  ])('%s is not', async (definition) => {
    expect(await columns('inexact-amount', definition)).toEqual([])
  })

  test('its remedies are accepted by the server', async () => {
    const table = `create table "A" (price real default 0, "Sum" money default 1, sums money[])`
    const remedies = (await findingsOf(own.client, 'inexact-amount', table)).map(({ remedy }) =>
      remedy.replace(/ \(it rewrites.*/, ''),
    )
    expect(remedies).toHaveLength(3)
    expect(await findingsOf(own.client, 'inexact-amount', `${table}; ${remedies.join('; ')}`)).toEqual([])
  })
})

describe('json-type', () => {
  test('json is found, jsonb and text are not; a document kept as it was received is doubtful', async () => {
    const table = `create table a (settings json default '{}', raw_event json, list json[], fine jsonb, words text)`
    const findings = await findingsOf(own.client, 'json-type', table)
    expect(findings.map(({ column, confidence }) => [column, confidence])).toEqual([
      ['settings', 'high'],
      ['raw_event', 'low'],
      ['list', 'high'],
    ])
    const remedies = findings.map(({ remedy }) => remedy.replace(/ \(it rewrites.*/, ''))
    expect(await findingsOf(own.client, 'json-type', `${table}; ${remedies.join('; ')}`)).toEqual([])
  })
})

describe('unlogged-table', () => {
  test('an unlogged table is found, with less confidence where its rows can be made again', async () => {
    const sql = 'create unlogged table orders (); create unlogged table page_cache (); create table fine ()'
    const findings = await findingsOf(own.client, 'unlogged-table', sql)
    expect(findings.map(({ table, confidence }) => [table, confidence])).toEqual([
      ['orders', 'high'],
      ['page_cache', 'low'],
    ])
    expect(
      told(
        await findingsOf(
          own.client,
          'unlogged-table',
          `${sql}; alter table orders set logged; alter table page_cache set logged`,
        ),
      ),
    ).toEqual([])
  })
})
