import type { RunRow } from '../api/client'
import { count } from '../shared/Money'
import { Link } from '../shared/router'
import { Empty } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { minute, span } from '../shared/time'
import './runs.css'

export function RunTable({ runs, asOf, brief = false }: { runs: RunRow[]; asOf: string; brief?: boolean }) {
  if (runs.length === 0) return <Empty><strong>Nothing has run yet.</strong><p>Imports, billing, posting and tie-outs appear here while they run and after.</p></Empty>
  return (
    <div className="scroll">
      <table className="runs">
        <thead>
          <tr>
            <th scope="col">Run</th><th scope="col">State</th><th scope="col">Progress</th><th scope="col">Started</th>
            {!brief && <><th scope="col">Took</th><th scope="col">By</th></>}
          </tr>
        </thead>
        <tbody>
          {runs.map(run => (
            <tr key={run.id}>
              <th scope="row"><Link to={`/runs/${run.id}`}>{run.title}</Link>{run.problem && <p className="problem">{run.problem}</p>}</th>
              <td><StatusBadge state={run.state} /></td>
              <td className="progress"><Progress run={run} /></td>
              <td className="when"><time dateTime={run.startedAt}>{minute(run.startedAt)}</time></td>
              {!brief && <><td className="when">{span(run.startedAt, run.finishedAt ?? asOf)}</td><td>{run.actor}</td></>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Progress({ run }: { run: RunRow }) {
  const words = run.total > 0 ? `${count(run.done)} of ${count(run.total)} ${run.unit}` : `${count(run.done)} ${run.unit}`
  return (
    <>
      {run.state === 'running' && (run.total > 0
        ? <progress max={run.total} value={run.done} aria-label={run.title}>{words}</progress>
        : <progress aria-label={run.title}>{words}</progress>)}
      <span className="words">{words}</span>
    </>
  )
}
