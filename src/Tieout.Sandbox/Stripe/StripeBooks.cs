using System.Globalization;
using System.Text.Json.Nodes;

namespace Tieout.Sandbox.Stripe;

/// <summary>Something of a list.</summary>
/// <param name="At">When it was made, in seconds since 1970.</param>
internal sealed record StripeRow(string Id, long At, JsonObject Body);

/// <summary>What was charged.</summary>
/// <param name="Settles">The currency that the balance gets; null for the charge's own.</param>
/// <param name="Rate">Of <paramref name="Settles"/> for one of the charge's currency, both in the smallest unit.</param>
internal sealed record StripeCharge(long Amount, string Currency, string? Settles = null, decimal Rate = 1)
{
    /// <summary>What an amount of the charge's currency is on the balance.</summary>
    public long Settled(long amount, decimal? rate) =>
        Settles is null ? amount : (long)Math.Round(amount * (rate ?? Rate), MidpointRounding.AwayFromZero);
}

/// <summary>
/// The stand-in's own memory: what was charged, paid back, disputed and paid out, a balance transaction for every movement, an event for every step.
/// Amounts are in the smallest unit.
/// </summary>
internal sealed class StripeBooks
{
    private const string Version = "2026-10-28.endive";
    private const long DisputeFee = 1_500;
    private readonly Lock _gate = new();
    private readonly List<StripeRow> _events = [];
    private readonly List<StripeRow> _payouts = [];
    private readonly List<(StripeRow Row, string Currency, string Payout)> _movements = [];
    private readonly Dictionary<string, StripeCharge> _charges = new(StringComparer.Ordinal);
    private int _last;
    private int _sent;

    /// <summary>A charge that succeeded; its id. What settles in another currency is told with its rate of exchange.</summary>
    public string Charge(string customer, StripeCharge made, string reference, long at)
    {
        lock (_gate)
        {
            var id = Id("ch");
            _charges[id] = made;
            Move("charge", "charge", id, made.Amount, made.Settled(made.Amount, null) * 29 / 1_000 + 30, made, at);
            Tell("charge.succeeded", at, new JsonObject
            {
                ["id"] = id,
                ["object"] = "charge",
                ["status"] = "succeeded",
                ["captured"] = true,
                ["amount"] = made.Amount,
                ["amount_captured"] = made.Amount,
                ["currency"] = made.Currency,
                ["customer"] = customer.Length > 0 ? customer : null,
                ["description"] = reference,
                ["metadata"] = new JsonObject(),
            });
            return id;
        }
    }

    /// <summary>A refund that succeeded; null where there is no such charge.</summary>
    /// <param name="rate">Of the day it is made; that of the charge where it is not given.</param>
    public string? Refund(string charge, long amount, decimal? rate, long at)
    {
        lock (_gate)
        {
            if (!_charges.TryGetValue(charge, out var of)) return null;
            var id = Id("re");
            Move("refund", "refund", id, -amount, 0, of, at, rate);
            Tell("refund.created", at, new JsonObject
            {
                ["id"] = id,
                ["object"] = "refund",
                ["status"] = "succeeded",
                ["amount"] = amount,
                ["currency"] = of.Currency,
                ["charge"] = charge,
                ["created"] = at,
            });
            return id;
        }
    }

    /// <summary>A dispute whose money is taken; decided where an outcome is given. Null where there is no such charge.</summary>
    /// <param name="rate">Of the day it is made; that of the charge where it is not given.</param>
    public string? Dispute(string charge, long? amount, string outcome, decimal? rate, long at)
    {
        lock (_gate)
        {
            if (!_charges.TryGetValue(charge, out var of)) return null;
            var (id, taken) = (Id("dp"), amount ?? of.Amount);
            Move("adjustment", "dispute", id, -taken, DisputeFee, of, at, rate);
            Step("created", "needs_response");
            Step("funds_withdrawn", "needs_response");
            if (outcome.Length > 0) Step("closed", outcome);
            if (outcome == "won")
            {
                Move("adjustment", "dispute_reversal", id, taken, 0, of, at, rate);
                Step("funds_reinstated", "won");
            }
            return id;

            void Step(string step, string status) => Tell($"charge.dispute.{step}", at, new JsonObject
            {
                ["id"] = id,
                ["object"] = "dispute",
                ["status"] = status,
                ["amount"] = taken,
                ["currency"] = of.Currency,
                ["charge"] = charge,
                ["reason"] = "fraudulent",
            });
        }
    }

    /// <summary>All of a currency that is not paid out yet; null where that is nothing.</summary>
    public string? Payout(string currency, long at)
    {
        lock (_gate)
        {
            var mine = Enumerable.Range(0, _movements.Count).Where(no => _movements[no].Currency == currency && _movements[no].Payout.Length == 0).ToList();
            var amount = mine.Sum(no => _movements[no].Row.Body["net"]!.GetValue<long>());
            if (amount <= 0) return null;
            var id = Id("po");
            foreach (var no in mine) _movements[no] = _movements[no] with { Payout = id };
            Move("payout", "payout", id, -amount, 0, new StripeCharge(amount, currency), at);
            _movements[^1] = _movements[^1] with { Payout = id };
            var body = new JsonObject
            {
                ["id"] = id,
                ["object"] = "payout",
                ["status"] = "paid",
                ["amount"] = amount,
                ["currency"] = currency,
                ["arrival_date"] = at,
                ["automatic"] = true,
                ["created"] = at,
            };
            _payouts.Add(new StripeRow(id, at, body));
            Tell("payout.paid", at, body.DeepClone());
            return id;
        }
    }

    /// <summary>Events, the newest first.</summary>
    public IReadOnlyList<StripeRow> Events
    {
        get
        {
            lock (_gate) return [.. Enumerable.Reverse(_events)];
        }
    }

    /// <summary>Payouts, the newest first.</summary>
    public IReadOnlyList<StripeRow> Payouts
    {
        get
        {
            lock (_gate) return [.. Enumerable.Reverse(_payouts)];
        }
    }

    /// <summary>Balance transactions, the newest first; of one payout, or all.</summary>
    public IReadOnlyList<StripeRow> Movements(string? payout)
    {
        lock (_gate) return [.. Enumerable.Reverse(_movements).Where(one => payout is null || one.Payout == payout).Select(one => one.Row)];
    }

    /// <summary>Events that no webhook told of yet; they count as told from now on.</summary>
    public IReadOnlyList<StripeRow> Untold()
    {
        lock (_gate)
        {
            var rows = _events.Skip(_sent).ToList();
            _sent = _events.Count;
            return rows;
        }
    }

    private string Id(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{++_last:000000}");

    private void Move(string type, string category, string source, long amount, long fee, StripeCharge of, long at, decimal? rate = null)
    {
        var (id, gross, currency) = (Id("txn"), of.Settled(amount, rate), of.Settles ?? of.Currency);
        _movements.Add((new StripeRow(id, at, new JsonObject
        {
            ["id"] = id,
            ["object"] = "balance_transaction",
            ["type"] = type,
            ["reporting_category"] = category,
            ["amount"] = gross,
            ["fee"] = fee,
            ["net"] = gross - fee,
            ["currency"] = currency,
            ["source"] = source,
            ["exchange_rate"] = of.Settles is null ? null : rate ?? of.Rate,
            ["available_on"] = at,
            ["created"] = at,
        }), currency, ""));
    }

    private void Tell(string type, long at, JsonNode about)
    {
        var id = Id("evt");
        _events.Add(new StripeRow(id, at, new JsonObject
        {
            ["id"] = id,
            ["object"] = "event",
            ["type"] = type,
            ["created"] = at,
            ["livemode"] = false,
            ["api_version"] = Version,
            ["pending_webhooks"] = 1,
            ["data"] = new JsonObject { ["object"] = about },
        }));
    }
}
