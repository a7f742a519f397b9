using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tieout.Sandbox.NetSuite;

/// <summary>One upsert as it came.</summary>
/// <param name="Record"><c>journalEntry</c> or <c>customer</c>.</param>
/// <param name="Id">What stands in the address, such as <c>eid:INV-1</c>.</param>
/// <param name="Replace">Sublists to be replaced; the others are added to.</param>
/// <param name="Strict">Whether unknown fields are refused.</param>
/// <param name="Body">JSON.</param>
internal sealed record NetSuiteUpsert(string Record, string Id, IReadOnlyList<string> Replace, bool Strict, byte[] Body);

/// <summary>Carries out upserts, or refuses them with the vendor's codes.</summary>
internal sealed partial class NetSuiteWriter(NetSuiteLedger ledger, NetSuiteMaster master, TimeProvider clock)
{
    private const int MemoLength = 999;
    private const int LineMemoLength = 4000;
    private const int NameLength = 83;

    /// <summary>Exactly one of the two: the internal id written, or what is wrong.</summary>
    public (long Id, NetSuiteProblem? Problem) Write(NetSuiteUpsert upsert)
    {
        if (!upsert.Id.StartsWith("eid:", StringComparison.Ordinal))
            return (0, new NetSuiteProblem(405, "METHOD_NOT_ALLOWED", "Upsert takes an external id only.", "id", "o:urlPath"));
        var externalId = upsert.Id[4..];
        if (!ExternalId().IsMatch(externalId)) return (0, new NetSuiteProblem(400, "INVALID_CONTENT", $"Invalid external id '{externalId}'.", "id", "o:urlPath"));
        try
        {
            using var json = JsonDocument.Parse(upsert.Body);
            var body = json.RootElement;
            var schema = upsert.Record == "customer" ? "Customer" : "JournalEntry";
            if (RecordSchema.Check(schema, body, upsert.Strict) is { } problem) return (0, problem);
            if (Text(body, "externalId") is { Length: > 0 } told && told != externalId)
                return (0, new NetSuiteProblem(400, "INVALID_CONTENT", "The external id differs from the one in the address.", "externalId"));
            return upsert.Record == "customer" ? Customer(externalId, body) : Journal(externalId, body, upsert.Replace.Contains("line", StringComparer.Ordinal));
        }
        catch (JsonException broken)
        {
            return (0, new NetSuiteProblem(400, "INVALID_CONTENT", $"Invalid JSON: {broken.Message}"));
        }
    }

    /// <summary>The day a transaction names; the first of days where it names none.</summary>
    public static DateOnly DayOf(NetSuiteUpsert upsert)
    {
        using var json = JsonDocument.Parse(upsert.Body);
        return DateOnly.TryParseExact(Text(json.RootElement, "tranDate"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day : DateOnly.MinValue;
    }

    private (long Id, NetSuiteProblem? Problem) Customer(string externalId, JsonElement body)
    {
        var name = Text(body, "companyName");
        if (name.Length == 0) return (0, NetSuiteProblem.User("Please enter value(s) for: Company Name."));
        if (name.Length > NameLength) return (0, TooLong("companyName", NameLength, "companyName"));
        var subsidiary = Reference(body, "subsidiary");
        if (subsidiary is null || !NetSuiteMaster.Subsidiaries.Contains(subsidiary.Value))
            return (0, NetSuiteProblem.NoSuch("subsidiary", Told(subsidiary), "subsidiary"));
        if (Reference(body, "currency") is { } currency && !NetSuiteMaster.Currencies.ContainsKey(currency))
            return (0, NetSuiteProblem.NoSuch("currency", Told(currency), "currency"));
        var entityId = Text(body, "entityId") is { Length: > 0 } given ? given : name;
        var written = master.Upsert(externalId, standing => new NetSuiteCustomer(0, externalId, entityId, name, subsidiary.Value, standing?.Inactive ?? false));
        return written is null
            ? (0, NetSuiteProblem.User("A customer record with this ID already exists. You must enter a unique customer ID for each record."))
            : (written.Id, null);
    }

    private (long Id, NetSuiteProblem? Problem) Journal(string externalId, JsonElement body, bool replaceLines)
    {
        var (header, problem) = Header(body);
        if (problem is not null) return (0, problem);
        var (lines, wrong) = Lines(body, header.Currency);
        if (wrong is not null) return (0, wrong);
        var standing = ledger.Under(externalId).FirstOrDefault(one => one.Type == NetSuiteTransaction.Journal);
        if (standing is not null && master.IsClosed(standing.Period)) return (0, PeriodClosed);
        var approved = !master.ApprovalRouting || (master.MayApprove && body.TryGetProperty("approved", out var flag) && flag.GetBoolean());

        NetSuiteTransaction Made(NetSuiteTransaction? before) => header with
        {
            Posting = approved,
            Voided = before?.Voided ?? false,
            // Lines that are not replaced stay, and what comes without a line number is added to them.
            Lines = before is null || replaceLines ? lines : [.. before.Lines, .. lines.Select((line, index) => line with { Id = before.Lines.Count + index })],
        };
        var made = Made(standing);
        if (made.Lines.Sum(line => line.Amount) is not 0m and var left)
            return (0, NetSuiteProblem.User(string.Create(CultureInfo.InvariantCulture, $"Please balance the transaction: debits and credits differ by {left}.")));
        return (ledger.Upsert(NetSuiteTransaction.Journal, externalId, Made).Id, null);
    }

    private (NetSuiteTransaction Header, NetSuiteProblem? Problem) Header(JsonElement body)
    {
        (NetSuiteTransaction, NetSuiteProblem?) Bad(NetSuiteProblem problem) => (null!, problem);

        var subsidiary = Reference(body, "subsidiary");
        if (subsidiary is null || !NetSuiteMaster.Subsidiaries.Contains(subsidiary.Value))
            return Bad(NetSuiteProblem.NoSuch("subsidiary", Told(subsidiary), "subsidiary"));
        var currency = Reference(body, "currency");
        if (currency is null || !NetSuiteMaster.Currencies.ContainsKey(currency.Value))
            return Bad(NetSuiteProblem.NoSuch("currency", Told(currency), "currency"));
        var memo = Text(body, "memo");
        if (memo.Length > MemoLength) return Bad(TooLong("memo", MemoLength, "memo"));
        var date = DateOnly.TryParseExact(Text(body, "tranDate"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var told)
            ? told
            : DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var period = NetSuiteMaster.First(date);
        if (Reference(body, "postingPeriod") is { } named)
        {
            if (NetSuiteMaster.PeriodStart(named) is not { } start) return Bad(NetSuiteProblem.NoSuch("postingPeriod", Told(named), "postingPeriod"));
            period = start;
        }
        if (master.IsClosed(period)) return Bad(PeriodClosed);
        return (new NetSuiteTransaction(0, "", "", date, period, currency.Value, subsidiary.Value, true, false, memo, 0, [])
        {
            ExchangeRate = Amount(body, "exchangeRate") ?? 1m,
        }, null);
    }

    private (IReadOnlyList<NetSuiteLine> Lines, NetSuiteProblem? Problem) Lines(JsonElement body, long currency)
    {
        List<NetSuiteLine> lines = [];
        if (body.TryGetProperty("line", out var sublist) && sublist.TryGetProperty("items", out var items))
            foreach (var item in items.EnumerateArray())
            {
                var (line, problem) = Line(item, lines.Count, currency);
                if (problem is not null) return ([], problem);
                lines.Add(line);
            }
        return lines.Count < 2 ? ([], NetSuiteProblem.User("You must enter at least one line item for this transaction.")) : (lines, null);
    }

    private (NetSuiteLine Line, NetSuiteProblem? Problem) Line(JsonElement item, int index, long currency)
    {
        (NetSuiteLine, NetSuiteProblem?) Bad(NetSuiteProblem problem) => (null!, problem);
        string At(string field) => FormattableString.Invariant($"line.items[{index}].{field}");

        var account = Reference(item, "account");
        if (account is null || !NetSuiteMaster.Accounts.TryGetValue(account.Value, out var receivable))
            return Bad(NetSuiteProblem.NoSuch("account", Told(account), At("account")));
        var entity = Reference(item, "entity");
        // What is unknown and what is inactive look the same from outside.
        if (entity is { } named && master.Customer(named) is not { Inactive: false }) return Bad(NetSuiteProblem.NoSuch("entity", Told(named), At("entity")));
        if (receivable && entity is null) return Bad(NetSuiteProblem.User("For transactions in A/R accounts, you must specify a customer."));
        var (debit, credit) = (Amount(item, "debit"), Amount(item, "credit"));
        if (debit is null == credit is null || (debit ?? credit) <= 0)
            return Bad(NetSuiteProblem.User($"Line {index + 1}: enter either a debit or a credit, above zero."));
        var amount = debit ?? -credit!.Value;
        if (decimal.Round(amount, NetSuiteMaster.Decimals(currency), MidpointRounding.ToZero) != amount)
            return Bad(new NetSuiteProblem(400, "INVALID_CONTENT", "The amount has more decimals than its currency.", At(debit is null ? "credit" : "debit")));
        Dictionary<string, long> segments = new(StringComparer.Ordinal);
        foreach (var field in (string[])["department", "class", "location"])
        {
            if (Reference(item, field) is not { } segment) continue;
            if (!NetSuiteMaster.Segments.Contains(segment)) return Bad(NetSuiteProblem.NoSuch(field, Told(segment), At(field)));
            segments[field] = segment;
        }
        var memo = Text(item, "memo");
        return memo.Length > LineMemoLength
            ? Bad(TooLong("memo", LineMemoLength, At("memo")))
            : (new NetSuiteLine(index, account.Value, amount, entity ?? 0, memo) { Segments = segments }, null);
    }

    private static NetSuiteProblem PeriodClosed =>
        NetSuiteProblem.User("The transaction date you specified is not within the date range of an open accounting period.");

    private static NetSuiteProblem TooLong(string field, int most, string path) => new(
        400, "INVALID_CONTENT", FormattableString.Invariant($"The field {field} contained more than the maximum number ( {most} ) of characters allowed."), path);

    private static string Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static decimal? Amount(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetDecimal() : null;

    private static string Told(long? id) => id?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>The id of a reference; null when there is none; -1 when it is no number, which leads nowhere.</summary>
    private long? Reference(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var reference)) return null;
        if (Text(reference, "id") is { Length: > 0 } id) return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        return Text(reference, "externalId") is { Length: > 0 } external ? master.CustomerUnder(external)?.Id ?? -1 : null;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.None, 1000)]
    private static partial Regex ExternalId();
}
