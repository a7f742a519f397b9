import { query, type Balance } from '../api/client'
import { Filter, TextFilter } from '../shared/Filter'
import { useLive } from '../shared/live'
import { count, Money } from '../shared/Money'
import { useFilters } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { useApi } from '../shared/useApi'

const names = ['entity', 'month'] as const

export default function Balances() {
  const live = useLive()
  const [filters, set] = useFilters(names)
  const { data, error, again } = useApi<Balance[]>('/v1/balances' + query(filters))
  const entities = [...new Set(live.overview?.books.map(book => book.entity) ?? [])]
  return (
    <>
      <h1>Balances</h1>
      <p className="muted">What each account of our subledger moved in the month. Debit is positive, credit negative; each month and currency sums to zero.</p>
      <form className="filters" onSubmit={event => event.preventDefault()}>
        <Filter label="Legal entity" value={filters.entity} set={value => set('entity', value)} options={entities} any />
        <TextFilter label="Month" type="month" value={filters.month} set={value => set('month', value)} />
      </form>
      {error && <Failed error={error} again={again} />}
      {!data && !error && <Loading what="the subledger" />}
      {data && (data.length === 0
        ? <Empty><strong>Nothing is booked in this filter.</strong><p>Balances are the sums of journal lines; billing books the first ones.</p></Empty>
        : (
          <div className="scroll">
            <table>
              <thead><tr><th scope="col">Legal entity</th><th scope="col">Month</th><th scope="col">Account</th><th scope="col" className="num">Journal lines</th><th scope="col" className="num">Amount</th></tr></thead>
              <tbody>
                {data.map(row => (
                  <tr key={row.entity + row.month + row.account + row.amount.currency}>
                    <td>{row.entity}</td><td>{row.month}</td><th scope="row">{row.account.replaceAll('-', ' ')}</th><td className="num">{count(row.lines)}</td>
                    <td className="num"><Money value={row.amount} to={'/invoices' + query({ entity: row.entity, month: row.month })} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
    </>
  )
}
