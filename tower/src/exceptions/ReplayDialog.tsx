import { useEffect, useRef, useState, type FormEvent } from 'react'
import { ApiError, post, type ExceptionDetail, type Money as Value, type ReplayAnswer, type ReplayRequest } from '../api/client'
import { Money } from '../shared/Money'

const kept = 'tieout.actor'

/** Says what will happen, and asks who and why: the posting goes on its way again, or is given up for good. */
export function ReplayDialog({ id, posting, amount, wish, close }: {
  id: string; posting: NonNullable<ExceptionDetail['posting']>; amount: Value | null; wish: 'replay' | 'cancel'; close: (answer: ReplayAnswer | null) => void
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
      close(await post<ReplayAnswer>(`/v1/exceptions/${id}/${wish}`, request))
    } catch (trouble) {
      setError(trouble as ApiError)
      setBusy(false)
    }
  }

  return (
    <dialog ref={dialog} aria-labelledby="replay-title" onClose={() => close(null)}>
      <form onSubmit={event => void send(event)}>
        <h2 id="replay-title">{wish === 'replay' ? 'Replay' : 'Give up'} {posting.businessKey}?</h2>
        {wish === 'replay'
          ? <p>One document, <Money value={amount} />, is sent{posting.target ? ` to ${posting.target}` : ''} again under the same business key. If the ERP holds it already, it is not booked twice. The case is resolved with your name and reason.</p>
          : <p>One document, <Money value={amount} />, goes into no ERP, for good. It stays in our books, so the tie-out shows a difference until it is voided or credited here too. What waits for it is parked behind it. The case is resolved with your name and reason.</p>}
        <label>Your name<input required maxLength={100} value={request.actor} onChange={event => setRequest({ ...request, actor: event.target.value })} /></label>
        <label>{wish === 'replay' ? 'Reason: what was fixed' : 'Reason: why it shall not be in the ERP'}<textarea required maxLength={1000} rows={3} autoFocus value={request.reason} onChange={event => setRequest({ ...request, reason: event.target.value })} /></label>
        {error && <div className="state failed" role="alert"><strong>{error.title}</strong><p>{error.message}</p></div>}
        <p className="buttons"><button type="button" onClick={() => close(null)}>Cancel</button><button type="submit" className="primary" disabled={busy}>{wish === 'replay' ? busy ? 'Replaying…' : 'Replay' : busy ? 'Giving up…' : 'Give up'}</button></p>
      </form>
    </dialog>
  )
}
