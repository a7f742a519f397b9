import type { RunDetail } from '../api/client'
import { useLive } from '../shared/live'
import { count } from '../shared/Money'
import { Link, timelineOf } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { Trail } from '../shared/Trail'
import { useApi } from '../shared/useApi'
import { RunTable } from './RunTable'

export default function RunPage({ id }: { id: string }) {
  const live = useLive()
  const { data, error, again } = useApi<RunDetail>('/v1/runs/' + encodeURIComponent(id), live.runs)
  if (!data) return error ? <Failed error={error} again={again} /> : <Loading what="the run" />
  const { run, verdicts } = data
  return (
    <>
      <Trail to="/runs" here={run.title}>Runs</Trail>
      <h1>{run.title}</h1>
      <RunTable runs={[live.runs?.find(row => row.id === run.id) ?? run]} asOf={live.overview?.asOf ?? run.updatedAt} />
      {verdicts.length > 0 && (
        <section aria-labelledby="verdicts">
          <h2 id="verdicts">Verdicts</h2>
          <table>
            <thead><tr><th scope="col">Legal entity</th><th scope="col">Currency</th><th scope="col">Verdict</th><th scope="col" className="num">Unproven</th><th scope="col">Why</th></tr></thead>
            <tbody>
              {verdicts.map(row => (
                <tr key={row.entity + row.currency}>
                  <th scope="row">{row.entity}</th><td>{row.currency}</td><td><StatusBadge state={row.verdict} /></td>
                  <td className="num">{count(row.unproven)}</td><td>{row.problem || '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {data.import && <Import data={data.import} run={run.id} />}
    </>
  )
}

function Import({ data, run }: { data: NonNullable<RunDetail['import']>; run: string }) {
  return (
    <section aria-labelledby="rows">
      <h2 id="rows">Rows of {data.fileName}</h2>
      <p>{count(data.received)} received = {count(data.accepted)} accepted + {count(data.unchanged)} unchanged + {count(data.refused)} refused. File SHA-256 <code>{data.sha256}</code></p>
      {data.refusedRows.length === 0
        ? <Empty><strong>No row was refused.</strong></Empty>
        : (
          <table>
            <thead><tr><th scope="col" className="num">Row</th><th scope="col">Key</th><th scope="col">Field</th><th scope="col">Why it was refused</th><th scope="col">How to correct it</th></tr></thead>
            <tbody>
              {data.refusedRows.map(row => (
                <tr key={row.rowNo}>
                  <td className="num"><Link to={timelineOf(`${run}:${row.rowNo}`)}>{count(row.rowNo)}</Link></td>
                  <td>{row.rowKey}</td><td><code>{row.field}</code></td><td>{row.reason}</td><td>{row.remedy}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
    </section>
  )
}
