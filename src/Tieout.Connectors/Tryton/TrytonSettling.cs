using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>
/// What a posted entry settles: a line that pays an invoice in part becomes one of its payment lines, and with the last part all of them
/// are reconciled, which makes the invoice paid. Safe to repeat: a line that is settled already is left alone. Amounts are compared in the
/// company's currency, as the ERP does.
/// </summary>
internal sealed class TrytonSettling(TrytonClient client, TrytonSettings settings, Catalogue catalogue, IExchangeLog log, CancellationToken cancel)
{
    private const string Invoices = "account.invoice";
    private const string MoveLines = "account.move.line";

    /// <summary>
    /// Settles what the entry settles. What cannot be settled for good (the invoice is gone, paid, or less is open) is left to a person, who
    /// is told: the entry is booked all the same.
    /// </summary>
    /// <returns>Why it is not settled; null when it is, or when there is nothing to do.</returns>
    public async Task<SettlingTrouble?> Run(EntryShipment shipment)
    {
        var wanted = shipment.Entry.Lines.Where(line => line.Settles.Length > 0).ToList();
        if (wanted.Count == 0) return null;
        try
        {
            SettlingTrouble? left = null;
            List<HeldMoveLine> ours = [.. await Lines(Where("move", "=", shipment.Id))];
            foreach (var line in wanted)
            {
                var mine = ours.Find(held => held.Is(line, shipment.Entry.Currency.Code, settings.Target));
                if (mine is null) continue;
                ours.Remove(mine);
                if (mine.Settled || await One(line.Settles, mine, shipment.Entry.Date) is not { } trouble) continue;
                if (!trouble.ForGood) return trouble;
                left ??= trouble;
            }
            return left;
        }
        catch (NotAnsweredException unknown)
        {
            return new SettlingTrouble(unknown.Message, RetryAfter: unknown.RetryAfter);
        }
    }

    private async Task<SettlingTrouble?> One(string key, HeldMoveLine mine, DateOnly day)
    {
        if (await InvoiceUnder(key) is not { } invoice) return new SettlingTrouble($"Tryton shows no single posted invoice under {key}.", ForGood: true);
        if (invoice.Payments.Contains(mine.Id)) return null;
        var open = (await Lines(Where("id", "in", List(invoice.ToPay.Concat(invoice.Payments))))).Where(line => !line.Settled).ToList();
        var left = open.Sum(line => line.Own);
        if (left == 0m || Math.Sign(left) == Math.Sign(mine.Own) || Math.Abs(mine.Own) > Math.Abs(left))
            return new SettlingTrouble(
                FormattableString.Invariant($"Of invoice {key} less is open in Tryton ({left}) than is to be settled ({-mine.Own})."), ForGood: true);
        var reply = mine.Own == -left
            ? await client.Call("account.move.reconciliation.create", [new JsonArray(Reconciliation([.. open, mine], day))], catalogue.Context(), log, cancel)
            : await client.Call(
                Invoices + ".write",
                [List([invoice.Id]), new JsonObject { ["payment_lines"] = new JsonArray(new JsonArray("add", List([mine.Id]))) }], catalogue.Context(), log, cancel);
        return reply switch
        {
            // Its lines were told just now.
            TrytonReply.NotDone not => new SettlingTrouble(not.Reason, RetryAfter: not.RetryAfter, ThisDocument: not.RetryAfter is null),
            TrytonReply.Silent silent => new SettlingTrouble(silent.Reason),
            TrytonReply.Refused refused => new SettlingTrouble(refused.Error.Text, ForGood: true), // a rule of the ERP's that no repetition changes
            _ => null,
        };
    }

    private JsonObject Reconciliation(IEnumerable<HeldMoveLine> lines, DateOnly day) => new()
    {
        ["company"] = catalogue.Company,
        ["date"] = Date(day),
        ["lines"] = new JsonArray(new JsonArray("add", List(lines.Select(line => line.Id)))),
    };

    private async Task<Invoice?> InvoiceUnder(string key)
    {
        List<JsonNode> where =
            [Where("company", "=", catalogue.Company), Where("type", "=", "out"), Where("reference", "=", key), Where("state", "=", "posted")];
        var rows = await client.Rows(
            Invoices, new RowQuery(where, ["lines_to_pay", "payment_lines"]),
            row => new Invoice(Id(row, "id")!.Value, IdsOf(row, "lines_to_pay"), IdsOf(row, "payment_lines")), catalogue.Context(), log, cancel);
        return rows.Count == 1 ? rows[0] : null;
    }

    private Task<IReadOnlyList<HeldMoveLine>> Lines(JsonArray where) =>
        client.Rows(MoveLines, new RowQuery([where], HeldMoveLine.Fields), row => HeldMoveLine.Of(row, catalogue), catalogue.Context(), log, cancel);

    private static IReadOnlyList<long> IdsOf(JsonElement row, string field) => [.. row.GetProperty(field).EnumerateArray().Select(id => id.GetInt64())];

    private sealed record Invoice(long Id, IReadOnlyList<long> ToPay, IReadOnlyList<long> Payments);
}
