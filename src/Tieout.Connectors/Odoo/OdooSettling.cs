using System.Text.Json.Nodes;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// What a posted entry settles: its line and the invoice's open line on the same account are reconciled, in full or in part. Safe to repeat: a line
/// of which anything is reconciled already is left alone. The entry is booked all the same, whatever becomes of it.
/// </summary>
internal sealed class OdooSettling(OdooClient client, MoveReader reader)
{
    /// <summary>Settles. What cannot be settled for good (the invoice is gone, paid, of another customer or account) is left to a person, who is told.</summary>
    /// <returns>Why it is not settled; null when it is, or when there is nothing to do.</returns>
    public async Task<SettlingTrouble?> Run(
        ErpEntry entry, HeldMove move, OdooCompany company, OdooSettings settings, IExchangeLog log, CancellationToken cancel)
    {
        var wanted = entry.Lines.Where(line => line.Settles.Length > 0).ToList();
        if (wanted.Count == 0) return null;
        try
        {
            var held = await reader.Under(company, wanted.Select(line => line.Settles), log, cancel);
            List<HeldLine> ours = [.. move.Lines];
            SettlingTrouble? left = null;
            foreach (var line in wanted)
            {
                var account = settings.Target.AccountOf(line.LedgerAccount, line.Account);
                var mine = ours.Find(one => one.Account == account && one.Amount == line.Amount && one.Partner == MoveMap.PartnerOf(line.ErpCustomerId)
                    && (one.Label == line.Settles || one.Label.StartsWith(line.Settles + " ", StringComparison.Ordinal)));
                if (mine is null) continue;
                ours.Remove(mine);
                // Nothing left, or somebody matched some of it by hand.
                if (mine.Residual != mine.Amount) continue;
                long[] theirs = [.. held[line.Settles].Where(one => one.Posted && one.Id != move.Id).SelectMany(one => one.Lines)
                    .Where(one => one.Account == account && one.Partner == mine.Partner && Math.Sign(one.Residual) == -Math.Sign(mine.Residual)).Select(one =>
                        one.Id)];
                var trouble = theirs.Length > 0
                    ? await Reconcile([mine.Id, .. theirs], company, log, cancel)
                    : new SettlingTrouble($"Under {line.Settles} Odoo shows nothing open of customer {line.CustomerCode} on account {account}.", ForGood: true);
                if (trouble is { ForGood: false }) return trouble;
                left ??= trouble;
            }
            return left;
        }
        catch (ReadBackException unknown)
        {
            return new SettlingTrouble(unknown.Message, RetryAfter: unknown.RetryAfter);
        }
    }

    private async Task<SettlingTrouble?> Reconcile(long[] lines, OdooCompany company, IExchangeLog log, CancellationToken cancel)
    {
        var call = new OdooCall("account.move.line", "reconcile", [OdooValues.List(lines)], new JsonObject { ["context"] = company.Context() });
        return await client.Call("lines-reconcile", call, log, cancel) switch
        {
            OdooReply.NotNow not => new SettlingTrouble(not.Reason, ForGood: not.Right, not.RetryAfter),
            OdooReply.Silent silent => new SettlingTrouble(silent.Reason),
            OdooReply.Refused { Error.IsBusy: true } => new SettlingTrouble("Somebody else works on what is to be settled in Odoo.", ThisDocument: true),
            OdooReply.Refused refused => new SettlingTrouble(refused.Error.Text, ForGood: true), // a rule of Odoo's that no repetition changes
            _ => null,
        };
    }
}
