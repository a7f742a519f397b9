using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Erp;

/// <summary>Messages that the ERP takes now and books in its own time, and the confirmations that it sends by itself then.</summary>
internal sealed partial class ErpNetwork
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>Sends one message; ends with what came back for it.</summary>
    public Task<SapReply> Queue(IReadOnlyList<QueuedParcel> parcels, Action<IReadOnlyList<Confirmation>> tell)
    {
        var answer = new TaskCompletionSource<SapReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var keys = string.Join(", ", parcels.Select(parcel => parcel.Document.Key));
        faults.Tell($"to {erp.Name}, to be booked in its own time: {keys}");
        if (TurnedAway(keys) is { } no) Reply(Draw(Quick, Usual), new SapReply.Answered(429, [], no.RetryAfter));
        else if (NotAllowed(parcels.Select(parcel => parcel.Document))) Reply(Usual, new SapReply.Answered(403, [], null));
        else if (parcels.Any(parcel => Silencing.Contains(parcel.Document.Key)))
        {
            faults.Strike(Fault.PoisonSilent, $"{erp.Name} breaks down over {keys}");
            Reply(erp.Temper.Timeout, new SapReply.Silent("It broke down."));
        }
        else if (faults.Strikes(Fault.RequestLost, 15, $"{keys} never reach {erp.Name}")) Reply(erp.Temper.Timeout, new SapReply.Silent("No answer in time."));
        else Take(parcels, keys, tell, Reply);
        return Counted(answer.Task);

        void Reply(TimeSpan delay, SapReply reply) => time.After(delay, () => answer.SetResult(reply));
    }

    private void Take(IReadOnlyList<QueuedParcel> parcels, string keys, Action<IReadOnlyList<Confirmation>> tell, Action<TimeSpan, SapReply> reply)
    {
        var taken = new SapReply.Answered(202, [], null);
        if (faults.Strikes(Fault.ConfirmationEarly, 8, $"{erp.Name} books and confirms {keys} before it accepts them"))
        {
            BookLater(Quick, parcels, keys, tell, TimeSpan.Zero);
            reply(Draw(Usual, erp.Temper.Timeout - Usual), taken);
            return;
        }
        var late = faults.Strikes(Fault.LateCommit, 10, $"{erp.Name} takes long over {keys}");
        BookLater(late ? Draw(erp.Temper.Timeout, erp.Temper.LatestCommit) : Draw(Quick, Soon), parcels, keys, tell, Draw(TimeSpan.Zero, Soon));
        if (faults.Strikes(Fault.AnswerLost, 15, $"the answer of {erp.Name} about {keys} is lost"))
            reply(erp.Temper.Timeout, new SapReply.Silent("No answer in time."));
        else if (faults.Strikes(Fault.BrokenAnswer, 20, $"the answer of {erp.Name} about {keys} cannot be read"))
            reply(Draw(Quick, Usual), new SapReply.Answered(500, [], null));
        else reply(Draw(Quick, Usual), taken);
    }

    private void BookLater(TimeSpan delay, IReadOnlyList<QueuedParcel> parcels, string keys, Action<IReadOnlyList<Confirmation>> tell, TimeSpan confirmedAfter)
    {
        var half = parcels.Count > 1 && faults.Strikes(Fault.HalfBatch, 12, $"{erp.Name} books half of {keys}");
        erp.OnTheWay++;
        time.After(delay, () =>
        {
            erp.OnTheWay--;
            List<Confirmation> told = [.. parcels.Select((parcel, index) =>
                half && index >= parcels.Count / 2 ? Refusal(parcel.Reference, "F5", "The rest was refused.") : Told(parcel.Reference, erp.Book(parcel.Document)))
                .OfType<Confirmation>()];
            if (told.Count > 0) Confirm(told, keys, tell, confirmedAfter);
        });
    }

    private void Confirm(IReadOnlyList<Confirmation> told, string keys, Action<IReadOnlyList<Confirmation>> tell, TimeSpan after)
    {
        if (faults.Strikes(Fault.ConfirmationMissing, 8, $"no confirmation of {keys} ever leaves {erp.Name}")) return;
        time.After(after, () => tell(told));
        if (faults.Strikes(Fault.ConfirmationDoubled, 8, $"{erp.Name} confirms {keys} twice")) time.After(after + draw.Seconds(0, 120), () => tell(told));
    }

    // Nothing is confirmed of what is held up.
    private static Confirmation? Told(string reference, DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Accepted accepted => new Confirmation(reference, ConfirmedAs.Booked, accepted.Document, []),
        DeliveryOutcome.AlreadyPosted already => new Confirmation(reference, ConfirmedAs.Booked, already.Document, []),
        DeliveryOutcome.Refused refused => Refusal(reference, NumberOf(refused.Finding.Code), refused.Finding.Cause),
        DeliveryOutcome.NoAnswer => null,
        _ => throw new InvalidOperationException("An ERP books, refuses, or holds it up."),
    };

    private static Confirmation Refusal(string reference, string number, string text) =>
        new(reference, ConfirmedAs.Refused, null, [new ConfirmationNote(number, 3, text)]);

    // As SAP numbers its messages; what is not among them is a refusal for an unknown reason.
    private static string NumberOf(string code) => SapFindings.DefaultMeanings.FirstOrDefault(meaning => meaning.Value == code).Key ?? "000(ZZ)";
}
