using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Payments;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Statements;

/// <summary>A payment of a statement as any payment is reported: under a reference and a key made of the line, so that it is booked once.</summary>
internal static class LinePayment
{
    /// <summary>What payments of bank statements have as their source.</summary>
    public const string Source = "bank";

    /// <summary>The key it is booked under, by whomever. The digits of a digest may pass for a card's; they are letters then.</summary>
    /// <param name="attempt">Which time it is booked; what was taken back keeps the key it had.</param>
    public static string KeyOf(string line, int attempt = 1)
    {
        var name = ReferenceOf(line, attempt);
        return GivenText.KeyProblem($"bank-line:{name}") is null ? $"bank-line:{name}"
            : $"bank-line:{string.Concat(name.Select(letter => char.IsAsciiDigit(letter) ? (char)(letter - '0' + 'g') : letter))}";
    }

    /// <summary>How the payment that it is names it, as <c>cash.line_reference</c> has it.</summary>
    public static string ReferenceOf(string line, int attempt) =>
        attempt == 1 ? line : string.Create(CultureInfo.InvariantCulture, $"{line}#{attempt}");

    /// <summary>What is certain, as if a person had taken the proposal. Null beside what is wrong with it.</summary>
    /// <param name="place">The bank account that it came to; null where that is not known.</param>
    public static (PaymentRequest? Request, IReadOnlyList<PriceProblem> Problems) Of(
        CertainLine line, BankPlace? place, string account, string reason, string actor) => Of(
        (line.Key, line.On, line.Amount, Attempt: 1), place, account, line.Match.Fee, Wishes(line.Match.Settles), reason, actor, line.Match.IsOff);

    /// <summary>What a proposal settles, as it is asked for.</summary>
    public static IReadOnlyList<SettleWish> Wishes(IEnumerable<Settlement> settles) =>
        [.. settles.Select(one => new SettleWish(one.Number, one.Amount, one.Discount == 0 ? null : one.Discount))];

    /// <summary>Null beside what is wrong with it.</summary>
    /// <param name="line">With which time it is booked.</param>
    /// <param name="fee">What banks kept; it was paid, too.</param>
    /// <param name="difference">What it differs from its one invoice by goes to rounding.</param>
    public static (PaymentRequest? Request, IReadOnlyList<PriceProblem> Problems) Of(
        (string Key, DateOnly On, Money Amount, int Attempt) line, BankPlace? place, string account, decimal fee, IReadOnlyList<SettleWish> wishes,
        string reason, string actor, bool difference = false)
    {
        List<PriceProblem> problems = [];
        var request = PaymentRequest.Read(Document((line.On, line.Amount), place, account, fee, wishes, reason), actor, problems, Source);
        // The digits of a key are those of a digest: of ten thousand one or two have what the number of a card has.
        return problems.Count > 0 ? (null, problems) : (request! with { Reference = ReferenceOf(line.Key, line.Attempt), Difference = difference }, problems);
    }

    /// <summary>Says beside lines by which entries they are booked. The caller has locked them and found that nothing books them.</summary>
    /// <param name="booked">With what proves it, where nobody had to take a proposal.</param>
    /// <exception cref="InvalidOperationException">One of them is booked already: nothing of the caller's transaction may stand.</exception>
    public static async Task Mark(
        NpgsqlConnection connection, IReadOnlyList<(string Key, string Number, IReadOnlyList<string>? Proof)> booked, (string Actor, string Reason) by,
        DateTimeOffset now, CancellationToken cancel)
    {
        var marked = await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.bank_line l set state = 'booked', entry_number = said.number, decided_by = @Actor, decided_why = @Reason, decided_at = @now,
              reasons = case when said.proof is null then l.reasons else array(select jsonb_array_elements_text(said.proof::jsonb)) end
            from unnest(@keys, @numbers, @proofs) as said (key, number, proof)
            -- Both, so that a thousand of a million lines are found by their keys.
            where l.tenant = 1 and l.key = any(@keys) and l.key = said.key and l.state <> 'booked'
            """,
            new
            {
                keys = booked.Select(one => one.Key).ToArray(),
                numbers = booked.Select(one => one.Number).ToArray(),
                proofs = booked.Select(one => one.Proof is null ? null : JsonSerializer.Serialize(one.Proof)).ToArray(),
                by.Actor,
                by.Reason,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
        if (marked != booked.Count) throw new InvalidOperationException("A line of a statement is booked already.");
    }

    private static JsonElement Document(
        (DateOnly On, Money Amount) line, BankPlace? place, string account, decimal fee, IReadOnlyList<SettleWish> wishes, string reason)
    {
        var document = new JsonObject
        {
            ["billing-account"] = account,
            ["received-on"] = line.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["amount"] = Plain(line.Amount.Amount + fee),
            ["currency"] = line.Amount.Currency.Code,
            ["reference"] = "line",
            ["reason"] = reason,
        };
        if (fee > 0) document["fee"] = Plain(fee);
        // What lies on cash-clearing says no more than it did before there were several.
        if (place is not null && place.Account != LedgerAccount.CashClearing) document["bank-account"] = place.Code;
        if (wishes.Count > 0)
            document["invoices"] = new JsonArray([.. wishes.Select(wish =>
            {
                var one = new JsonObject { ["invoice"] = wish.Number };
                if (wish.Amount is { } amount) one["amount"] = Plain(amount);
                if (wish.Discount is { } discount) one["discount"] = Plain(discount);
                return (JsonNode)one;
            })]);
        return JsonSerializer.SerializeToElement(document);
    }

    private static string Plain(decimal amount) => amount.ToString("0.####", CultureInfo.InvariantCulture);
}
