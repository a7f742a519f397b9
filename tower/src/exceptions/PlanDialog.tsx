import { useEffect, useRef, useState, type FormEvent } from 'react'
import { ApiError, get, post, type CaseReplayPlan } from '../api/client'
import { count, Moneys } from '../shared/Money'
import { Link } from '../shared/router'

const kept = 'tieout.actor'

/** A replay of many: first what it would do, then who and why, then how far it is. */
export function PlanDialog({ filters, close }: { filters: Record<string, string>; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [actor, setActor] = useState(localStorage.getItem(kept) ?? '')
  const [reason, setReason] = useState('')
  const [plan, setPlan] = useState<CaseReplayPlan | null>(null)
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => {
    if (plan?.state !== 'running') return
    const wait = setTimeout(() => { void get<CaseReplayPlan>(`/v1/exceptions/replay-plans/${plan.id}`).then(setPlan).catch((trouble: ApiError) => setError(trouble)) }, 700)
    return () => clearTimeout(wait)
  }, [plan])

  const doing = async (work: () => Promise<CaseReplayPlan>) => {
    setBusy(true)
    setError(null)
    try {
      localStorage.setItem(kept, actor)
      setPlan(await work())
    } catch (trouble) {
      setError(trouble as ApiError)
    }
    setBusy(false)
  }
  const make = (event: FormEvent) => {
    event.preventDefault()
    const filter = Object.fromEntries(Object.entries(filters).filter(([, value]) => value))
    void doing(() => post<CaseReplayPlan>('/v1/exceptions/replay-plans', { filter, actor }))
  }
  const carryOut = (event: FormEvent) => {
    event.preventDefault()
    if (plan) void doing(() => post<CaseReplayPlan>(`/v1/exceptions/replay-plans/${plan.id}/carry-out`, { fingerprint: plan.fingerprint, actor, reason }))
  }
  const name = <label>Your name<input required maxLength={100} value={actor} onChange={event => setActor(event.target.value)} /></label>

  return (
    <dialog ref={dialog} className="plan" aria-labelledby="plan-title" onClose={close}>
      <form onSubmit={!plan ? make : carryOut}>
        <h2 id="plan-title">{!plan ? 'Plan a replay of everything in this filter' : plan.state === 'made' ? 'What this replay would do' : plan.state === 'running' ? 'The replay is under way' : 'The replay is done'}</h2>
        {!plan && <><p>First you see how many documents would go, with how much money, and what would be left alone. Nothing is sent before you say so.</p>{name}</>}
        {plan && (
          <dl className="facts">
            <dt>Replays</dt><dd><b>{count(Number(plan.postings))}</b> {Number(plan.postings) === 1 ? 'document' : 'documents'}, <Moneys values={plan.values} /></dd>
            {plan.skipped.map(skip => <div key={skip.why} className="skip-line"><dt>Leaves alone</dt><dd><b>{count(Number(skip.count))}</b>, <Moneys values={skip.values} /> {skip.why}</dd></div>)}
            <dt>Plan</dt><dd><code>{plan.fingerprint.slice(0, 16)}</code> by {plan.madeBy}</dd>
            {plan.state !== 'made' && <><dt>So far</dt><dd role="status"><b>{count(Number(plan.replayed))}</b> on their way, {count(Number(plan.left))} had moved on and were left alone</dd></>}
          </dl>
        )}
        {plan?.state === 'made' && <>{name}<label>Reason: what was fixed<textarea required maxLength={1000} rows={2} autoFocus value={reason} onChange={event => setReason(event.target.value)} /></label></>}
        {plan && plan.state !== 'made' && <p><a href={`/v1/exceptions/replay-plans/${plan.id}/file`}>Result as CSV</a>{plan.run && <> · <Link to={`/runs/${plan.run}`}>its run</Link></>}</p>}
        {error && <div className="state failed" role="alert"><strong>{error.title}</strong><p>{error.message}</p></div>}
        <p className="buttons">
          <button type="button" onClick={close}>{plan && plan.state !== 'made' ? 'Close' : 'Cancel'}</button>
          {!plan && <button type="submit" className="primary" disabled={busy}>{busy ? 'Planning…' : 'Make the plan'}</button>}
          {plan?.state === 'made' && <button type="submit" className="primary" disabled={busy || Number(plan.postings) === 0}>Replay {count(Number(plan.postings))}</button>}
        </p>
      </form>
    </dialog>
  )
}
