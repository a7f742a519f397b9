import { useState } from 'react'
import { ApiError, post, put, type GivenField, type TriedPosting } from '../api/client'
import { grouped } from '../shared/Money'

const fields = [
  ['reference', 'Reference text', 'leave empty'], ['due-date', 'Due date', 'leave empty'], ['account', 'Account', 'line, such as 1, or receivable'],
  ['tax-code', 'Tax code', 'our tax code'], ['dimension', 'Dimension', 'such as */region'],
] as const

/** What would be sent, in journal lines and in the vendor's own request; with fields to set, tried before they are kept. */
export function DryRun({ id, parked, changed }: { id: string; parked: boolean; changed: () => void }) {
  const [tried, setTried] = useState<TriedPosting | null>(null)
  const [given, setGiven] = useState<GivenField[]>([])
  const [actor, setActor] = useState(localStorage.getItem('tieout.actor') ?? '')
  const [reason, setReason] = useState('')
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState('')

  const doing = async (work: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    setSaved('')
    try {
      await work()
    } catch (trouble) {
      setError(trouble as ApiError)
    }
    setBusy(false)
  }
  const run = () => doing(async () => setTried(await post<TriedPosting>(`/v1/exceptions/${id}/dry-run`, { fields: given.length > 0 ? given : null })))
  const keep = () => doing(async () => {
    localStorage.setItem('tieout.actor', actor)
    const version = await put<{ version: number }>(`/v1/exceptions/${id}/overrides`, { fields: given, actor, reason })
    setSaved(`Version ${version.version} is kept and goes with the next replay.`)
    setTried(await post<TriedPosting>(`/v1/exceptions/${id}/dry-run`, { fields: null }))
    changed()
  })
  const change = (index: number, part: Partial<GivenField>) => setGiven(given.map((one, at) => at === index ? { ...one, ...part } : one))

  return (
    <section className="words" aria-label="Dry run">
      <h2>Dry run <button type="button" className="aside" onClick={() => setGiven([...given, { field: 'account', place: '', value: '' }])}>Set a field…</button></h2>
      {given.map((one, index) => (
        <div key={index} className="set">
          <label>Field<select value={one.field ?? ''} onChange={event => change(index, { field: event.target.value })}>{fields.map(([name, label]) => <option key={name} value={name}>{label}</option>)}</select></label>
          <label>Where<input value={one.place ?? ''} placeholder={fields.find(([name]) => name === one.field)?.[2]} onChange={event => change(index, { place: event.target.value })} /></label>
          <label>Value<input value={one.value ?? ''} onChange={event => change(index, { value: event.target.value })} /></label>
          <button type="button" aria-label="Remove this field" onClick={() => setGiven(given.filter((_, at) => at !== index))}>Remove</button>
        </div>
      ))}
      <p><button type="button" disabled={busy} onClick={() => void run()}>{busy ? 'Asking…' : given.length > 0 ? 'Try with these fields' : 'Show what would be sent'}</button> <span className="small muted">Nothing is sent. Amounts are never changed here.</span></p>
      {error && <div className="state failed" role="alert"><strong>{error.title}</strong><p>{error.message}</p></div>}
      {saved && <div className="done" role="status">{saved}</div>}
      {tried && <Tried tried={tried} />}
      {tried && given.length > 0 && (
        <form className="work" onSubmit={event => { event.preventDefault(); void keep() }}>
          <label>Your name<input required maxLength={100} value={actor} onChange={event => setActor(event.target.value)} /></label>
          <label className="grow">Reason<input required maxLength={1000} value={reason} onChange={event => setReason(event.target.value)} /></label>
          <button type="submit" className="primary" disabled={busy || !parked} title={parked ? '' : 'Only a parked document takes fields.'}>Keep these fields</button>
        </form>
      )}
    </section>
  )
}

function Tried({ tried }: { tried: TriedPosting }) {
  const { preview, request } = tried
  return (
    <>
      <p className={tried.outcome === 'would-send' || tried.outcome === 'already-posted' ? 'verdict good' : 'verdict bad'} role="status"><b>{tried.outcome.replaceAll('-', ' ')}</b> {tried.says} {tried.remedy}</p>
      {tried.changes.length > 0 && (
        <table className="diff" aria-label="What the fields change">
          <thead><tr><th scope="col">Line</th><th scope="col">Field</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
          <tbody>{tried.changes.map(one => <tr key={one.line + one.field}><td>{one.line || 'document'}</td><td>{one.field}</td><td className="before">{one.before || '—'}</td><td className="after">{one.after || '—'}</td></tr>)}</tbody>
        </table>
      )}
      <div className="scroll">
        <table aria-label="Journal lines">
          <thead><tr><th scope="col">Line</th><th scope="col">Our account</th><th scope="col">Theirs</th><th scope="col" className="num">Debit {preview.currency}</th><th scope="col" className="num">Credit {preview.currency}</th><th scope="col">Tax</th><th scope="col">Text</th></tr></thead>
          <tbody>
            {preview.lines.map(line => (
              <tr key={line.line}>
                <th scope="row">{line.line}</th><td>{line.ledgerAccount}{line.customer && <span className="muted"> {line.customer}</span>}</td><td><code>{line.account || 'none'}</code></td>
                <td className="num">{Number(line.debit) === 0 ? '' : grouped(line.debit)}</td><td className="num">{Number(line.credit) === 0 ? '' : grouped(line.credit)}</td>
                <td>{line.taxCode}</td><td>{line.text}{Object.entries(line.dimensions).map(([word, value]) => <span key={word} className="muted small"> {word} {value}</span>)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {request && (
        <details open>
          <summary>The request to {tried.target}, {tried.system}: <code>{request.operation}</code></summary>
          <pre className="request">{request.text}</pre>
          <p className="small muted">sha-256 <code>{request.sha256}</code>.{request.varies.length > 0 && ` Another in each call: ${request.varies.join(', ')}.`} Log-in and headers are left out. {request.then}</p>
        </details>
      )}
      {tried.technical && <pre>{tried.technical}</pre>}
    </>
  )
}
