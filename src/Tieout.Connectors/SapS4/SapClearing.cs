using Tieout.Connectors.Port;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// The second step of an entry that settles something: SAP's clearing service takes open items that stand already and cannot post them.
/// It answers at once that it has the request and clears in its own time; the assignment field names the invoice in any case, so that
/// SAP's own clearing run, or a person, can finish what it could not.
/// </summary>
/// <param name="settings">Of the target.</param>
/// <param name="client">HTTP.</param>
/// <param name="clock">For the message's stamp.</param>
/// <param name="heldUnder">What SAP holds under keys; throws <see cref="ReadBackException"/> when it does not tell.</param>
internal sealed class SapClearing(
    SapSettings settings, SapClient client, TimeProvider clock,
    Func<IEnumerable<string>, IExchangeLog, CancellationToken, Task<ILookup<string, HeldEntry>>> heldUnder)
{
    private const int KeysPerQuestion = 50;

    /// <summary>Whether any line of it settles something.</summary>
    public static bool Settles(ErpEntry entry) => entry.Lines.Any(line => line.Settles.Length > 0);

    /// <summary>Whether it is booked and what it settles is still open.</summary>
    public static bool Unfinished(ErpDocument document, IEnumerable<HeldEntry> held) =>
        document is ErpEntry entry && Settles(entry) && held.SelectMany(one => one.Items).Any(item => IsOpen(item) && item.Assignment != document.Key);

    /// <summary>
    /// Asks for the clearing of everything the booked entries settle. Safe to repeat: what is cleared already is not asked for again, and
    /// SAP refuses an item that is no longer open.
    /// </summary>
    /// <returns>By key, why it is not cleared; empty when SAP has taken the request, or when there is nothing to ask for.</returns>
    public async Task<IReadOnlyDictionary<string, SettlingTrouble>> Request(IReadOnlyList<ErpEntry> entries, IExchangeLog log, CancellationToken cancel)
    {
        Dictionary<string, SettlingTrouble> trouble = new(StringComparer.Ordinal);
        if (!settings.Clears) return trouble;
        foreach (var part in entries.Chunk(KeysPerQuestion / 2))
            if (await Ask(part, trouble, log, cancel) is { } reason)
                foreach (var entry in part.Where(entry => !trouble.ContainsKey(entry.Key))) trouble[entry.Key] = reason;
        return trouble;
    }

    private async Task<SettlingTrouble?> Ask(ErpEntry[] entries, Dictionary<string, SettlingTrouble> left, IExchangeLog log, CancellationToken cancel)
    {
        List<ClearingPair> pairs = [];
        try
        {
            var keys = entries.SelectMany(entry => entry.Lines.Select(line => line.Settles).Append(entry.Key))
                .Where(key => key.Length > 0).Distinct(StringComparer.Ordinal);
            Dictionary<string, List<LineItem>> items = new(StringComparer.Ordinal);
            foreach (var part in keys.Chunk(KeysPerQuestion))
                foreach (var held in await heldUnder(part, log, cancel))
                    items[held.Key] = [.. held.Where(one => !one.Void).SelectMany(one => one.Items).Where(IsOpen)];
            foreach (var entry in entries) pairs.AddRange(PairsOf(entry, items, left));
        }
        catch (ReadBackException unknown)
        {
            return new SettlingTrouble(unknown.Message, RetryAfter: unknown.RetryAfter);
        }
        if (pairs.Count == 0) return null;
        var message = ClearingMap.Write(pairs, settings, Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), clock.GetUtcNow());
        return Trouble(await client.RequestClearing(message, log, cancel));
    }

    /// <summary>Our open item beside the one it settles. One whose other is gone, cleared or of another customer is left to a person.</summary>
    private static IEnumerable<ClearingPair> PairsOf(ErpEntry entry, Dictionary<string, List<LineItem>> items, Dictionary<string, SettlingTrouble> left)
    {
        List<LineItem> ours = [.. items.GetValueOrDefault(entry.Key, [])];
        foreach (var (index, line) in entry.Lines.Index())
        {
            if (line.Settles.Length == 0) continue;
            var mine = ours.FindIndex(item => item.Amount == line.Amount && item.Assignment == line.Settles && SapText.SameCode(item.Customer, line.ErpCustomerId));
            var settled = items.GetValueOrDefault(line.Settles, [])
                .Find(item => Math.Sign(item.Amount) == -Math.Sign(line.Amount) && SapText.SameCode(item.Customer, line.ErpCustomerId));
            if (mine < 0) continue; // cleared already
            if (settled is null)
            {
                left[entry.Key] = new SettlingTrouble($"Under {line.Settles} SAP shows no open item of customer {line.CustomerCode}.", ForGood: true);
                continue;
            }
            yield return new ClearingPair(entry, index + 1, ours[mine], settled);
            ours.RemoveAt(mine);
        }
    }

    // A service that is not there or not allowed will not be there tomorrow: the entry is booked, and waits for a person. One that breaks may mend:
    // SAP itself has just told the open items.
    private static SettlingTrouble? Trouble(SapReply reply) => reply switch
    {
        SapReply.Silent silent => new SettlingTrouble(silent.Reason),
        SapReply.NeverLeft never => new SettlingTrouble(never.Reason),
        SapReply.Answered { Status: 401 or 408 or 429 or 503 } later =>
            new SettlingTrouble(later.NotProcessed ?? $"SAP answered with HTTP {later.Status}.", RetryAfter: later.RetryAfter),
        SapReply.Answered { Status: >= 500 } broken => new SettlingTrouble($"SAP's clearing service answered with HTTP {broken.Status}.", ThisDocument: true),
        SapReply.Answered { Status: >= 300 } refused => new SettlingTrouble(
            $"SAP's clearing service does not take the request: {refused.NotProcessed ?? $"HTTP {refused.Status}."}", ForGood: true),
        _ => null,
    };

    private static bool IsOpen(LineItem item) => item is { OfCustomer: true, Cleared: false };
}

/// <summary>Two open items of one customer that settle each other, in full or in part.</summary>
/// <param name="Entry">Ours.</param>
/// <param name="Line">Which line of it, from 1.</param>
/// <param name="Ours">Its item in SAP; cleared in full.</param>
/// <param name="Settled">The invoice's item.</param>
internal sealed record ClearingPair(ErpEntry Entry, int Line, LineItem Ours, LineItem Settled);
