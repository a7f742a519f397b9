using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Simulation.Time;

namespace Tieout.Simulation.Erp;

/// <summary>
/// The way to an ERP and back, with all that happens to requests and answers. What has been sent goes on, whether or not the
/// program that sent it lives.
/// </summary>
internal sealed partial class ErpNetwork(SimulatedErp erp, VirtualTime time, FaultTable faults, PoisonedDocuments poison, Draw draw)
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(300);

    /// <summary>Turns everybody away, and why; null while it does not.</summary>
    public (Fault Fault, string Reason, TimeSpan? RetryAfter)? Away { get; set; }

    /// <summary>Calls at once that it takes while somebody else has the rest; null for any number.</summary>
    public int? SlotsLeft { get; set; }

    /// <summary>Whether it takes no more calls just now, and says so by 429.</summary>
    public bool TurnsAway => SlotsLeft is not null || Away is { Fault: Fault.Throttled or Fault.SlotsTaken };

    /// <summary>Requests that it is at now, and the most it ever was at once.</summary>
    public int AtWork { get; private set; }

    /// <summary>The most at once.</summary>
    public int MostAtWork { get; private set; }

    /// <summary>Keys whose batch gets no answer and is not booked.</summary>
    public HashSet<string> Silencing { get; } = new(StringComparer.Ordinal);

    /// <summary>Sends one request; ends with what the connector knows then.</summary>
    public Task<IReadOnlyList<DeliveryOutcome>> Post(IReadOnlyList<ErpDocument> documents)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<DeliveryOutcome>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var keys = string.Join(", ", documents.Select(document => document.Key));
        faults.Tell($"to {erp.Name}: {keys}");
        if (TurnedAway(keys) is { } no) Answer(answer, Draw(Quick, Usual), All(documents, no));
        else if (NotAllowed(documents)) Answer(answer, Usual, All(documents, new DeliveryOutcome.NotSent("403")));
        else if (documents.Any(document => Silencing.Contains(document.Key)))
        {
            faults.Strike(Fault.PoisonSilent, $"{erp.Name} breaks down over {keys}");
            Answer(answer, erp.Temper.Timeout, All(documents, Silence("It broke down.")));
        }
        else if (!Lost(documents, keys, answer) && !Late(documents, keys, answer) && !Garbled(documents, keys, answer)) Plain(documents, keys, answer);
        return Counted(answer.Task);
    }

    private async Task<T> Counted<T>(Task<T> answer)
    {
        MostAtWork = Math.Max(MostAtWork, ++AtWork);
        try
        {
            return await answer;
        }
        finally
        {
            AtWork--;
        }
    }

    /// <summary>Asks for documents.</summary>
    public Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<LookUpOutcome>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var keys = string.Join(", ", documents.Select(document => document.Key));
        if (TurnedAway(keys) is { } no)
            time.After(Draw(Quick, Usual), () => answer.SetResult([.. documents.Select(_ => new LookUpOutcome.NoAnswer(no.Reason))]));
        else if (faults.Strikes(Fault.LookUpSilent, 12, $"{erp.Name} does not say whether it has {keys}"))
            time.After(erp.Temper.Timeout, () => answer.SetResult([.. documents.Select(_ => new LookUpOutcome.NoAnswer("Silence."))]));
        else
            time.After(Draw(Quick, Usual), () =>
            {
                IReadOnlyList<LookUpOutcome> found = [.. documents.Select(erp.Find)];
                faults.Tell($"{erp.Name} is asked for {keys}: {string.Join(", ", found.Select(one => one.GetType().Name.ToLowerInvariant()))}");
                time.After(Draw(Quick, Usual), () => answer.SetResult(found));
            });
        return answer.Task;
    }

    /// <summary>Finds or creates customers.</summary>
    public Task<IReadOnlyList<CustomerOutcome>> Customers(IReadOnlyList<ErpCustomer> customers)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<CustomerOutcome>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (TurnedAway("customers") is { } no)
            time.After(Draw(Quick, Usual), () => answer.SetResult([.. customers.Select(_ => new CustomerOutcome.NotNow(no.Reason, no.RetryAfter))]));
        else
            time.After(Draw(Quick, Usual), () => answer.SetResult([.. customers.Select(customer =>
                faults.Strikes(Fault.CustomerLater, 20, $"{customer.Code} cannot be looked for in {erp.Name}")
                    ? new CustomerOutcome.NotNow("Locked.") : erp.Customer(customer))]));
        return answer.Task;
    }

    private bool Lost(IReadOnlyList<ErpDocument> documents, string keys, TaskCompletionSource<IReadOnlyList<DeliveryOutcome>> answer)
    {
        if (!faults.Strikes(Fault.RequestLost, 15, $"{keys} never reach {erp.Name}")) return false;
        Answer(answer, erp.Temper.Timeout, All(documents, Silence("No answer in time.")));
        return true;
    }

    // Booked after we gave up.
    private bool Late(IReadOnlyList<ErpDocument> documents, string keys, TaskCompletionSource<IReadOnlyList<DeliveryOutcome>> answer)
    {
        TimeSpan at;
        if (erp.Temper.Unique && faults.Strikes(Fault.VeryLateCommit, 25, $"{erp.Name} takes very long over {keys}"))
            at = Draw(erp.Temper.Policy.AbsenceProof, erp.Temper.Policy.AbsenceProof * 3);
        else if (faults.Strikes(Fault.LateCommit, 15, $"{erp.Name} takes long over {keys}")
            || faults.Strikes(Fault.ConfirmationMissing, 25, $"{erp.Name} accepts {keys}, and no confirmation comes"))
            at = Draw(erp.Temper.Timeout, erp.Temper.LatestCommit);
        else return false;
        Arrive(at, () => documents.Select(erp.Book).ToList());
        Answer(answer, erp.Temper.Timeout, All(documents, Silence("No answer in time.")));
        return true;
    }

    // Booked at once, and the answer is no good.
    private bool Garbled(IReadOnlyList<ErpDocument> documents, string keys, TaskCompletionSource<IReadOnlyList<DeliveryOutcome>> answer)
    {
        if (faults.Strikes(Fault.ErrorInside, 30, $"{erp.Name} says yes to {keys} and means no"))
        {
            Answer(answer, Draw(Quick, Usual), All(documents, new DeliveryOutcome.Refused(
                new(Domain.Exceptions.ExceptionCategory.Technical, "erp-refused", "An error stood inside the answer.", "Replay."))));
            return true;
        }
        var doubled = faults.Strikes(Fault.ConfirmationDoubled, 30, $"{erp.Name} confirms {keys} twice");
        if (!doubled
            && !faults.Strikes(Fault.AnswerLost, 15, $"the answer of {erp.Name} about {keys} is lost")
            && !faults.Strikes(Fault.BrokenAnswer, 20, $"the answer of {erp.Name} about {keys} cannot be read")
            && !faults.Strikes(Fault.ConfirmationEarly, 30, $"{erp.Name} confirms {keys} before it accepts them")) return false;
        Arrive(Draw(Quick, Usual), () => documents.Select(erp.Book).ToList());
        if (doubled)
            foreach (var document in documents) erp.ShowTwice(document.Key, time.Now + draw.Seconds(10, 240));
        Answer(answer, draw.OneIn(2) ? erp.Temper.Timeout : Draw(Usual, Usual * 2), All(documents, Silence("An answer that nobody can read, or none.")));
        return true;
    }

    private void Plain(IReadOnlyList<ErpDocument> documents, string keys, TaskCompletionSource<IReadOnlyList<DeliveryOutcome>> answer)
    {
        var slow = faults.Strikes(Fault.SlowErp, 20, $"{erp.Name} is slow with {keys}");
        var there = slow ? Draw(TimeSpan.Zero, erp.Temper.Timeout - Usual) : Draw(Quick, Usual);
        var half = documents.Count > 1 && faults.Strikes(Fault.HalfBatch, 12, $"{erp.Name} books half of {keys}");
        var rest = draw.Between(0, 2);
        Arrive(there, () =>
        {
            var booked = documents.Select((document, index) => half && index >= documents.Count / 2 ? NotBooked(document, rest) : erp.Book(document)).ToList();
            Answer(answer, Draw(Quick, Usual), booked);
            return booked;
        });
    }

    private DeliveryOutcome NotBooked(ErpDocument document, int how)
    {
        switch (how)
        {
            case 0: return new DeliveryOutcome.NotSent("The rest was not looked at.", ThisDocument: true);
            case 1: return new DeliveryOutcome.Refused(new(Domain.Exceptions.ExceptionCategory.Technical, "erp-refused", "The rest was refused.", "Replay."));
            default:
                if (draw.OneIn(2)) erp.Book(document);
                return Silence("Nothing is said about the rest.");
        }
    }

    private bool NotAllowed(IEnumerable<ErpDocument> documents)
    {
        if (documents.FirstOrDefault(document => poison.TurnedAway.ContainsKey(document.Key)) is not { } bad) return false;
        faults.Strike(Fault.PoisonTurnedAway, $"{erp.Name} turns the whole call away, over {bad.Key}");
        return true;
    }

    private DeliveryOutcome.NotSent? TurnedAway(string keys)
    {
        if (SlotsLeft is { } left && AtWork >= left)
        {
            faults.Strike(Fault.SomeSlotsTaken, $"{erp.Name} has {left} slots left, and turns {keys} away");
            return new DeliveryOutcome.NotSent("All slots but a few are taken.", draw.OneIn(2) ? draw.Seconds(1, 10) : null);
        }
        if (Away is not { } away) return null;
        faults.Strike(away.Fault, $"{erp.Name} turns {keys} away: {away.Reason}");
        return new DeliveryOutcome.NotSent(away.Reason, away.RetryAfter);
    }

    private void Arrive(TimeSpan delay, Func<IReadOnlyList<DeliveryOutcome>> book)
    {
        erp.OnTheWay++;
        time.After(delay, () =>
        {
            erp.OnTheWay--;
            book();
        });
    }

    private void Answer(TaskCompletionSource<IReadOnlyList<DeliveryOutcome>> answer, TimeSpan delay, IReadOnlyList<DeliveryOutcome> outcomes) =>
        time.After(delay, () => answer.SetResult(outcomes));

    private TimeSpan Draw(TimeSpan least, TimeSpan most) => draw.Between(least, most);

    private static IReadOnlyList<DeliveryOutcome> All(IReadOnlyList<ErpDocument> documents, DeliveryOutcome outcome) => [.. documents.Select(_ => outcome)];

    private static DeliveryOutcome.NoAnswer Silence(string reason) => new(reason);
}
