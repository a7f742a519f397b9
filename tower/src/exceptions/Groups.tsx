import { query, type ExceptionGroups } from '../api/client'
import { count, Moneys } from '../shared/Money'
import { Link } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { minute } from '../shared/time'
import { useApi } from '../shared/useApi'

/** The same trouble added up: what to solve first. */
export function Groups({ filters, asOf }: { filters: Record<string, string>; asOf: string | undefined }) {
  const { data, error, again } = useApi<ExceptionGroups>('/v1/exceptions/groups' + query(filters), asOf)
  if (!data) return error ? <Failed error={error} again={again} /> : <Loading what="the groups" />
  if (data.rows.length === 0) return <Empty><strong>No exception is in this filter.</strong><p>Exceptions of the same cause stand here together, with their number and their money.</p></Empty>
  return (
    <>
      <p className="totals" role="status"><b>{count(Number(data.exceptions))}</b> {Number(data.exceptions) === 1 ? 'exception' : 'exceptions'} in <b>{count(Number(data.groups))}</b> {Number(data.groups) === 1 ? 'group' : 'groups'}</p>
      <div className="scroll">
        <table>
          <thead><tr><th scope="col" className="num">Cases</th><th scope="col">Cause of the newest</th><th scope="col">Queue</th><th scope="col" className="num">Value</th><th scope="col">First seen</th><th scope="col">Last seen</th></tr></thead>
          <tbody>
            {data.rows.map(row => (
              <tr key={row.group}>
                <td className="num strong">{count(Number(row.count))}</td>
                <td className="wide"><Link to={'/exceptions' + query({ ...filters, group: row.group })} className="strong">{row.cause}</Link><p className="small muted">{row.category} · <code>{row.code}</code> · {row.remedy}</p></td>
                <td className="nowrap">{row.queue.replaceAll('-', ' ')}</td>
                <td className="num"><Moneys values={row.values} to={'/exceptions' + query({ ...filters, group: row.group })} /></td>
                <td className="nowrap">{minute(row.firstSeen)}</td>
                <td className="nowrap">{minute(row.lastSeen)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
