import { query, type ExceptionDetail, type WaitingList } from '../api/client'
import { Money, count } from '../shared/Money'
import { Link, timelineOf } from '../shared/router'
import { Failed, Loading } from '../shared/States'
import { minute } from '../shared/time'
import { usePages } from '../shared/usePages'

/** Who waits for a missing rate of exchange; once it is resolved, who waited and what became of them. */
export function Waiting({ id, totals, asOf }: { id: string; totals: NonNullable<ExceptionDetail['waiting']>; asOf: string | undefined }) {
  const over = Number(totals.accounts) === 0
  const path = `/v1/exceptions/${encodeURIComponent(id)}/waiting` + query({ state: over ? 'all' : '' })
  const { pages, error, again, more } = usePages<WaitingList>(path, asOf)
  const rows = pages.flatMap(page => page.rows)
  return (
    <section className="words" aria-label="Accounts behind it">
      <h2>{over ? 'What became of those who waited' : `${count(Number(totals.accounts))} ${Number(totals.accounts) === 1 ? 'account waits' : 'accounts wait'}`}</h2>
      {error && <Failed error={error} again={again} />}
      {!error && pages.length === 0 && <Loading what="the accounts" />}
      {rows.length > 0 && (
        <div className="scroll">
          <table>
            <thead><tr><th scope="col">Account</th><th scope="col">Customer</th><th scope="col" className="num">Invoices</th><th scope="col" className="num">Credit memos</th><th scope="col" className="num">With tax</th><th scope="col">{over ? 'Ended' : 'Since'}</th></tr></thead>
            <tbody>
              {rows.map(row => (
                <tr key={row.account}>
                  <th scope="row"><Link to={timelineOf(row.account)}>{row.account}</Link></th>
                  <td>{row.customerName}</td>
                  <td className="num">{count(Number(row.invoices))}</td>
                  <td className="num">{count(Number(row.creditMemos))}</td>
                  <td className="num"><Money value={row.total} to={timelineOf(row.account)} /></td>
                  <td className="nowrap">{minute(row.endedAt ?? row.since)}{row.ended ? `, ${row.ended}` : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more && <p><button type="button" onClick={more}>Show more</button></p>}
    </section>
  )
}
