using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.SapS4;

/// <summary>What becomes of a message that is taken now and booked later, under whatever fault, and what its sender hears.</summary>
/// <param name="queue">Books it.</param>
/// <param name="trouble">Of the answers.</param>
internal sealed class QueuedTaking(SapQueue queue, SapTrouble trouble)
{
    /// <summary>Takes it.</summary>
    /// <param name="http">The call.</param>
    /// <param name="fault">Null for none.</param>
    /// <param name="work">What is to be booked.</param>
    /// <param name="garbled">An answer to be cut or spoiled.</param>
    /// <param name="broken">Answers that something broke.</param>
    /// <param name="taken">Answers that it was taken.</param>
    public async Task Run(HttpContext http, Fault? fault, QueuedWork work, byte[] garbled, Func<Task> broken, Func<Task> taken)
    {
        switch (fault?.Kind)
        {
            case Faults.CommitLate:
                _ = queue.Later(work, fault: null, fault.Pause(0.2));
                await trouble.Silence(http, fault with { Seconds = null });
                break;
            case Faults.CommitThenSilence:
                await queue.Now(work, fault);
                await trouble.Silence(http, fault);
                break;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer:
                await queue.Now(work, fault);
                await SapTrouble.Garbled(http, fault, garbled);
                break;
            case Faults.ServerFault:
                _ = queue.Later(work, fault);
                await broken();
                break;
            case Faults.ConfirmationEarly:
                await queue.Now(work, fault);
                await taken();
                break;
            default:
                _ = queue.Later(work, fault);
                await taken();
                break;
        }
    }
}
