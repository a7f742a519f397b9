import { useState } from 'react'
import { query, type ExceptionList, type ExceptionRow, type ExceptionTotals } from '../api/client'
import { useApi } from '../shared/useApi'
import { usePages } from '../shared/usePages'
import { useLive } from '../shared/live'
import { count, Money, Moneys } from '../shared/Money'
import { Filter, TextFilter } from '../shared/Filter'
import { Link, timelineOf, useFilters } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { minute, span } from '../shared/time'
import { Groups } from './Groups'
import { PlanDialog } from './PlanDialog'
import './exceptions.css'

const names = ['view', 'state', 'category', 'code', 'queue', 'owner', 'group', 'entity', 'age', 'due', 'text'] as const
const queues = ['finance-operations', 'controller', 'integration-engineer']

export default function Exceptions() {
  const live = useLive()
  const [filters, set] = useFilters(names)
  const { view, ...filter } = filters
  const { pages, error, again, more } = usePages<ExceptionList>('/v1/exceptions' + query(filter), live.overview?.asOf)
  const [planning, setPlanning] = useState(false)
  const entities = [...new Set(live.overview?.books.map(book => book.entity) ?? [])]
  const { data: totals } = useApi<ExceptionTotals>('/v1/exceptions/totals' + query(filter), live.overview?.asOf)
  return (
    <>
      <h1>Exceptions</h1>
      <form className="filters" onSubmit={event => event.preventDefault()}>
        <Filter label="State" value={filters.state || 'open'} set={value => set('state', value === 'open' ? '' : value)} options={['open', 'resolved', 'all']} />
        <Filter label="Category" value={filters.category} set={value => set('category', value)} options={['technical', 'business', 'data']} any />
        <Filter label="Queue" value={filters.queue} set={value => set('queue', value)} options={queues} any />
        <Filter label="Code" value={filters.code} set={value => set('code', value)} options={totals?.codes.map(code => code.code) ?? []} any />
        <Filter label="Legal entity" value={filters.entity} set={value => set('entity', value)} options={entities} any />
        <Filter label="Days open" value={filters.age} set={value => set('age', value)} options={['0-1', '2-7', '8-30', '>30']} any />
        <Filter label="Due" value={filters.due} set={value => set('due', value)} options={['overdue', 'none']} any />
        <TextFilter label="Owner" value={filters.owner} set={value => set('owner', value)} hint="name, or none" />
        {filters.group && <label>Group<button type="button" onClick={() => set('group', '')} title="Show all groups"><code>{filters.group.slice(0, 8)}</code> ✕</button></label>}
        <TextFilter label="Text" value={filters.text} set={value => set('text', value)} hint="document, account, cause, the ERP's words" />
      </form>
      <p className="views">
        <button type="button" aria-pressed={view !== 'groups'} onClick={() => set('view', '')}>Cases</button>
        <button type="button" aria-pressed={view === 'groups'} onClick={() => set('view', 'groups')}>Groups</button>
        <span className="grow" />
        <a className="button" href={'/v1/exceptions/file' + query(filter)}>CSV</a>
        <button type="button" className="primary" onClick={() => setPlanning(true)}>Plan a replay…</button>
      </p>
      {planning && <PlanDialog filters={filter} close={() => { setPlanning(false); again() }} />}
      {view === 'groups' && <Groups filters={filter} asOf={live.overview?.asOf} />}
      {view !== 'groups' && totals && (
        <p className="totals" role="status">
          <b>{count(totals.count)}</b> {totals.count === 1 ? 'exception' : 'exceptions'} in this filter, touching <Moneys values={totals.values} />
        </p>
      )}
      {view !== 'groups' && error && <Failed error={error} again={again} />}
      {view !== 'groups' && !error && pages.length === 0 && <Loading what="the exceptions" />}
      {view !== 'groups' && pages.length > 0 && <Table rows={pages.flatMap(page => page.rows)} asOf={live.overview?.asOf} />}
      {view !== 'groups' && more && <p><button type="button" onClick={more}>Show more</button></p>}
    </>
  )
}

function Table({ rows, asOf }: { rows: ExceptionRow[]; asOf: string | undefined }) {
  if (rows.length === 0)
    return <Empty><strong>No exception is in this filter.</strong><p>What stops an invoice, a posting or a tie-out appears here with its cause, its owner and what to do.</p></Empty>
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Age</th><th scope="col">State</th><th scope="col">What happened</th><th scope="col">About</th>
            <th scope="col">Entity</th><th scope="col">Month</th><th scope="col" className="num">Value</th><th scope="col" className="num">Seen</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <td className="nowrap" title={minute(row.openedAt)}>{span(row.openedAt, row.resolvedAt ?? asOf ?? row.lastSeenAt)}</td>
              <td><StatusBadge state={row.state} /></td>
              <td className="wide"><Link to={`/exceptions/${row.id}`} className="strong">{row.cause}</Link><p className="small muted">{row.category} · <code>{row.code}</code> · {row.assigned ? <b>{row.assigned}</b> : row.queue.replaceAll('-', ' ')}{row.due && `, due ${row.due}`}</p></td>
              <td className="nowrap"><About row={row} /></td>
              <td>{row.entity || <span className="none">—</span>}</td>
              <td className="nowrap">{row.month ?? <span className="none">—</span>}</td>
              <td className="num"><Money value={row.amount} to={`/exceptions/${row.id}`} /></td>
              <td className="num">{count(row.repeats)}×</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A break's subject ends with the business key; a posting's is one. */
function About({ row }: { row: ExceptionRow }) {
  const key = row.subjectKey.split('/').at(-1)!
  const known = row.subjectKind === 'posting' || row.subjectKind === 'break'
  return known && key.includes('-') ? <Link to={timelineOf(key)}>{key}</Link> : <>{row.subjectKey}</>
}
