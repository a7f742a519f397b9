import { query, type InvoiceList, type InvoiceRow } from '../api/client'
import { Filter, TextFilter } from '../shared/Filter'
import { useLive } from '../shared/live'
import { Money } from '../shared/Money'
import { Link, timelineOf, useFilters } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { usePages } from '../shared/usePages'

const names = ['entity', 'month', 'state', 'text'] as const
const states = ['staged', 'ready', 'sending', 'posted', 'in-doubt', 'parked', 'cancelled']

export default function Invoices() {
  const live = useLive()
  const [filters, set] = useFilters(names)
  const { pages, error, again, more } = usePages<InvoiceList>('/v1/invoices' + query(filters))
  const entities = [...new Set(live.overview?.books.map(book => book.entity) ?? [])]
  return (
    <>
      <h1>Invoices</h1>
      <form className="filters" onSubmit={event => event.preventDefault()}>
        <Filter label="Legal entity" value={filters.entity} set={value => set('entity', value)} options={entities} any />
        <TextFilter label="Month" type="month" value={filters.month} set={value => set('month', value)} />
        <Filter label="Posting" value={filters.state} set={value => set('state', value)} options={states} any />
        <TextFilter label="Text" value={filters.text} set={value => set('text', value)} hint="invoice number, customer or account" />
      </form>
      {error && <Failed error={error} again={again} />}
      {!error && pages.length === 0 && <Loading what="the invoices" />}
      {pages.length > 0 && <Table rows={pages.flatMap(page => page.rows)} />}
      {more && <p><button type="button" onClick={more}>Show more</button></p>}
    </>
  )
}

function Table({ rows }: { rows: InvoiceRow[] }) {
  if (rows.length === 0) return <Empty><strong>No invoice is in this filter.</strong><p>Invoices appear here as soon as a billing run has booked them.</p></Empty>
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Number</th><th scope="col">Customer</th><th scope="col">Entity</th><th scope="col">Month</th><th scope="col">Due</th>
            <th scope="col" className="num">Net</th><th scope="col" className="num">Tax</th><th scope="col" className="num">Total</th><th scope="col" className="num">Open</th>
            <th scope="col">Posting</th><th scope="col">ERP document</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <th scope="row" className="nowrap"><Link to={`/invoices/${row.id}`}>{row.number}</Link><Correction row={row} /></th>
              <td>{row.customerName} <span className="muted small nowrap">{row.customer}</span></td>
              <td>{row.entity}</td><td className="nowrap">{row.month}</td><td className="nowrap">{row.kind === 'credit-memo' ? <span className="none" title="A credit memo is not due.">—</span> : row.dueDate}</td>
              <td className="num"><Money value={row.net} to={`/invoices/${row.id}`} /></td>
              <td className="num"><Money value={row.tax} to={`/invoices/${row.id}`} /></td>
              <td className="num"><Money value={row.total} to={`/invoices/${row.id}`} /></td>
              <td className="num">{row.open ? <Money value={row.open} to={`/invoices/${row.id}`} /> : <span className="none" title="A credit memo asks for nothing.">—</span>}</td>
              <td><Link to={timelineOf(row.number)}><StatusBadge state={row.state} /></Link></td>
              <td className="nowrap">{row.erpNumber ? <Link to={timelineOf(row.number)}>{row.erpNumber}</Link> : <span className="none">—</span>}{row.target && <div className="muted small">{row.target}</div>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What a document corrects, or what corrects it, in a few words under its number. */
function Correction({ row }: { row: InvoiceRow }) {
  const memo = row.kind === 'credit-memo'
  const more = (numbers: string[]) => numbers.length > 1 ? ` and ${numbers.length - 1} more` : ''
  return (
    <>
      {(memo || row.corrects.length > 0) && <div className="muted small wrap">{memo ? 'credit memo' : 'corrects'}{row.corrects.length > 0 && `${memo ? ' on' : ''} ${row.corrects[0]}${more(row.corrects)}`}</div>}
      {row.correctedBy.length > 0 && <div className="muted small wrap">corrected by {row.correctedBy[0]}{more(row.correctedBy)}</div>}
    </>
  )
}
