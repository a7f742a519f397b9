import { useEffect, useRef, useState, type FormEvent } from 'react'
import { ApiError, post, type ExceptionDetail, type Money as Value, type ReplayAnswer, type ReplayRequest } from '../api/client'
import { Money } from '../shared/Money'

const kept = 'tieout.actor'

/** Says what will happen, and asks who and why. */
export function ReplayDialog({ id, posting, amount, close }: {
  id: string; posting: NonNullable<ExceptionDetail['posting']>; amount: Value | null; close: (answer: ReplayAnswer | null) => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [request, setRequest] = useState<ReplayRequest>({ actor: localStorage.getItem(kept) ?? '', reason: '' })
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])

  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      localStorage.setItem(kept, request.actor)
      close(await post<ReplayAnswer>(`/v1/exceptions/${id}/replay`, request))
    } catch (trouble) {
      setError(trouble as ApiError)
      setBusy(false)
    }
  }

  return (
    <dialog ref={dialog} aria-labelledby="replay-title" onClose={() => close(null)}>
      <form onSubmit={event => void send(event)}>
        <h2 id="replay-title">Replay {posting.businessKey}?</h2>
        <p>One invoice, <Money value={amount} />, is sent{posting.target ? ` to ${posting.target}` : ''} again under the same business key. If the ERP holds it already, it is not booked twice. The case is resolved with your name and reason.</p>
        <label>Your name<input required maxLength={100} value={request.actor} onChange={event => setRequest({ ...request, actor: event.target.value })} /></label>
        <label>Reason: what was fixed<textarea required maxLength={1000} rows={3} autoFocus value={request.reason} onChange={event => setRequest({ ...request, reason: event.target.value })} /></label>
        {error && <div className="state failed" role="alert"><strong>{error.title}</strong><p>{error.message}</p></div>}
        <p className="buttons"><button type="button" onClick={() => close(null)}>Cancel</button><button type="submit" className="primary" disabled={busy}>{busy ? 'Replaying…' : 'Replay'}</button></p>
      </form>
    </dialog>
  )
}
