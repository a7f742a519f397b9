using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Payments;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Statements;

/// <summary>What is decided about a payment of a statement.</summary>
/// <param name="Proposal">Id of the one taken; null where account and invoices are named instead.</param>
/// <param name="Account">Code of the billing account; null with a proposal.</param>
internal sealed record TakenProposal(string Line, string? Proposal, string? Account, IReadOnlyList<SettleWish> Invoices, string Reason, string Actor);

/// <summary>
/// Books a payment of a statement as what it was decided to be: by the same ways as any payment and any reversal, under a reference and a
/// key made of the line, so that it is booked once whoever decides how often.
/// </summary>
internal sealed class BookLine(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>What payments of bank statements have as their source.</summary>
    public const string Source = "bank";

    /// <summary>Books it and says so beside the line.</summary>
    public async Task<JournalOutcome> Run(TakenProposal taken, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await MatchCandidates.One(connection, taken.Line, cancel) is not { } line) return new JournalOutcome.NotFound(taken.Line);
        var chosen = taken.Proposal is null ? null : await Find(connection, taken, cancel);
        if (taken.Proposal is not null && chosen is null)
            return new JournalOutcome.Refused("proposal", "unknown-proposal", "this payment has no such proposal any more", "Look at what is proposed now.");
        if (chosen is null && line.Amount.Amount < 0)
            return new JournalOutcome.Refused("line", "went-out", "it is money that went out", "Take a proposal, or reverse the payment it takes back.");
        var outcome = chosen?.TakesBack is { Length: > 0 } payment
            ? await new ReverseEntry(database, clock).Run(new ReversalRequest(payment, line.On, taken.Reason, taken.Actor, Key(line)), cancel)
            : await new RecordPayment(database, clock).Run(Document(line, chosen, taken), taken.Actor, Key(line), cancel);
        if (outcome is JournalOutcome.Done(var journal, _)) await Mark(connection, line, taken, journal.Number, cancel);
        return outcome;
    }

    private static string Key(BankLine line) => $"bank-line:{line.Key}";

    private static JsonElement Document(BankLine line, Chosen? chosen, TakenProposal taken)
    {
        var fee = chosen?.Fee ?? 0m;
        var document = new JsonObject
        {
            ["billing-account"] = chosen?.Account ?? taken.Account,
            ["received-on"] = line.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["amount"] = Plain(line.Amount.Amount + fee),
            ["currency"] = line.Amount.Currency.Code,
            ["source"] = Source,
            ["reference"] = line.Key,
            ["reason"] = taken.Reason,
        };
        if (fee > 0) document["fee"] = Plain(fee);
        var wishes = chosen is null ? taken.Invoices : [.. chosen.Settles.Select(one => new SettleWish(one.Number, one.Amount))];
        if (wishes.Count > 0)
            document["invoices"] = new JsonArray([.. wishes.Select(wish =>
            {
                var one = new JsonObject { ["invoice"] = wish.Number };
                if (wish.Amount is { } amount) one["amount"] = Plain(amount);
                return (JsonNode)one;
            })]);
        return JsonSerializer.SerializeToElement(document);
    }

    private static string Plain(decimal amount) => amount.ToString("0.####", CultureInfo.InvariantCulture);

    // A person who takes a proposal teaches where its customer pays from; what is certain knew it before.
    private async Task Mark(NpgsqlConnection connection, BankLine line, TakenProposal taken, string number, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            with booked as (
              update cash.bank_line set state = 'booked', entry_number = @number, decided_by = @Actor, decided_why = @Reason, decided_at = @now
              where tenant = 1 and key = @Key and state <> 'booked' returning key
            )
            insert into cash.payer_number (number, billing_account_id, actor, created_at)
            select @payer, p.billing_account_id, @Actor, @now from booked join cash.payment p on p.tenant = 1 and p.source = @Source and p.reference = booked.key
            where @payer <> '' on conflict do nothing
            """,
            new { number, taken.Actor, taken.Reason, now = clock.GetUtcNow(), line.Key, payer = line.Payer.Account, Source }, cancellationToken: cancel));

    private static async Task<Chosen?> Find(NpgsqlConnection connection, TakenProposal taken, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select a.code as account, p.settles::text as settles, p.fee, coalesce(back.business_key, '') as takes_back
            from cash.proposal p join customers.billing_account a on a.id = p.billing_account_id
            left join cash.movement m on m.id = p.takes_back left join posting.posting back on back.document_id = m.entry_id
            where p.tenant = 1 and p.line = @Line and p.id = @Proposal
            """, new { taken.Line, taken.Proposal }, cancellationToken: cancel));
        return row is null ? null : new Chosen(row.Account, JsonSerializer.Deserialize<Settlement[]>(row.Settles)!, row.Fee, row.TakesBack);
    }

    private sealed record Row(string Account, string Settles, decimal Fee, string TakesBack);
}

/// <summary>A proposal as it is stored.</summary>
/// <param name="TakesBack">Number of the payment's entry; empty for none.</param>
internal sealed record Chosen(string Account, IReadOnlyList<Settlement> Settles, decimal Fee, string TakesBack);
